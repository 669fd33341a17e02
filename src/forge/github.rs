//! GitHub: the only room that knows octocrab and GitHub's words. No rule of releasing lives here.
