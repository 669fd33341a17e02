//! The adapter against a small GitLab on loopback that logs every call. What deliveries mean is tested beside `webhook`.

mod fake;
mod people;
mod range;
mod read;
mod work;
