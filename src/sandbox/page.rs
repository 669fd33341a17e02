//! Pages of the stand-in for people. Placeholder until the next step; no model rule may live here.
