//! What can go wrong with the store, named after what the caller does next. No SQL here.

use std::error::Error;

/// The cause of a failure, kept for the log; never repeated in a message.
pub type Cause = Box<dyn Error + Send + Sync>;

/// What the store returns.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing was changed; the same call may succeed later.
    #[error("the database is not answering")]
    Unavailable {
        /// What the driver said.
        #[source]
        cause: Cause,
    },
    /// Somebody else holds the lane or the effect now. Drop the work: it is theirs.
    #[error("the lease is lost: somebody else goes on")]
    LeaseLost,
    /// There is no room left on the database's disk. An operator must act.
    #[error("the database has no room left")]
    Full {
        /// What the driver said.
        #[source]
        cause: Cause,
    },
    /// What is stored cannot be read. Park the work: trying again reads the same.
    #[error("the stored {what} cannot be read")]
    Corrupt {
        /// Which stored thing.
        what: &'static str,
        /// Why it cannot be read.
        #[source]
        cause: Cause,
    },
    /// Nothing was changed, and the same call will never succeed. Park the work.
    #[error("the store refuses: {reason}")]
    Refused {
        /// The rule that the call breaks; holds nothing that a person wrote.
        reason: String,
    },
}

impl StoreError {
    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into() }
    }

    /// A role that may work but not change tables is right for a server, so it must be said who may.
    pub(super) fn while_migrating(self) -> Self {
        match self {
            Self::Refused { reason } => Self::refused(format!(
                "its tables are older than this program, and they cannot be changed ({reason}). As the owner of the \
                 database run `lockkeeper db migrate`, on PostgreSQL then `migrations/roles.postgres.sql`"
            )),
            other => other,
        }
    }

    pub(super) fn corrupt(what: &'static str, cause: impl Into<Cause>) -> Self {
        Self::Corrupt { what, cause: cause.into() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(told) => match Class::of(told.code().as_deref().unwrap_or_default()) {
                Class::Full => Self::Full { cause: error.into() },
                Class::Corrupt => Self::corrupt("database", error),
                Class::Refused => Self::refused(told.message()),
                Class::Passing => Self::Unavailable { cause: error.into() },
            },
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
                Self::corrupt("row", error)
            }
            sqlx::Error::Configuration(_) => {
                Self::refused("the database URL or its options are not understood")
            }
            // A driver's enum that may grow: what is not known to be for ever is tried again.
            _ => Self::Unavailable { cause: error.into() },
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(cause) => cause.into(),
            other => Self::Refused { reason: other.to_string() },
        }
    }
}

enum Class {
    Full,
    Corrupt,
    Refused,
    Passing,
}

impl Class {
    /// SQLite gives its extended result code as a decimal number, PostgreSQL five characters (its Appendix A).
    fn of(code: &str) -> Self {
        match (code.len(), code.parse::<i32>()) {
            (5, _) => Self::of_postgres(code),
            (_, Ok(number)) => Self::of_sqlite(number & 0xff),
            (_, Err(_)) => Self::Passing,
        }
    }

    fn of_postgres(code: &str) -> Self {
        match code {
            "53100" => Self::Full,
            "XX001" | "XX002" => Self::Corrupt,
            "22021" | "22P05" | "42501" | "54000" => Self::Refused,
            _ if code.starts_with("23") => Self::Refused,
            _ => Self::Passing,
        }
    }

    fn of_sqlite(primary: i32) -> Self {
        const CORRUPT: i32 = 11;
        const FULL: i32 = 13;
        const TOO_BIG: i32 = 18;
        const CONSTRAINT: i32 = 19;
        const NOT_A_DATABASE: i32 = 26;
        match primary {
            FULL => Self::Full,
            CORRUPT | NOT_A_DATABASE => Self::Corrupt,
            TOO_BIG | CONSTRAINT => Self::Refused,
            _ => Self::Passing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, expected: &str) {
        let class = match Class::of(code) {
            Class::Full => "full",
            Class::Corrupt => "corrupt",
            Class::Refused => "refused",
            Class::Passing => "passing",
        };
        assert_eq!(class, expected, "{code}");
    }

    #[test]
    fn a_code_of_either_database_says_what_to_do_next() {
        for (code, expected) in [
            ("13", "full"),
            ("53100", "full"),
            ("11", "corrupt"),
            ("779", "corrupt"),
            ("XX001", "corrupt"),
            ("2067", "refused"),
            ("1811", "refused"),
            ("23505", "refused"),
            ("42501", "refused"),
            ("5", "passing"),
            ("517", "passing"),
            ("40P01", "passing"),
            ("57P01", "passing"),
            ("", "passing"),
        ] {
            check(code, expected);
        }
    }
}
