//! A stand-in forge over real HTTP, for `demo` and the tests: a model and a wire layer. Nothing of the bot lives here.
