//! The HTTP mouth: webhooks, health, metrics. No rule lives here.
