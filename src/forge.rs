//! How to speak with a forge: understand its deliveries, read, perform, render. No rule of releasing lives here.
