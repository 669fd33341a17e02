//! Server settings and the policy file: raw shapes turned into domain values, errors with line and hint. No rule of releasing lives here.
