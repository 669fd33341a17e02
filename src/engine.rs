//! The loop: intake, gather, work, send, schedule, as steps that do one unit and say what they did. No rule of releasing lives here.
