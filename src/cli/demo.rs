//! `lockkeeper demo`: a release played on the built-in stand-in forge, over real HTTP, then a page to go on with.
