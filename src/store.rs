//! What must survive a crash: inbox, lanes, state, journal, history, mirror, outbox, timers, on SQLite or PostgreSQL behind one seam. No rule lives here.
