//! The adapter against a small GitLab on loopback. What deliveries mean is tested beside `webhook`.

mod fake;
mod milestone;
mod people;
mod preview;
mod proposal;
mod range;
mod read;
mod run;
mod set_up;
mod wire;
mod work;
