//! The program's mouth; all it does is in the library.

fn main() {}
