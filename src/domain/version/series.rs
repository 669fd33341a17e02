//! A series: the versions that may come from a maintenance branch, by the branch's name. Whether a branch may be released from at all is the policy's question.

use std::fmt;

use super::{Number, Version};
use crate::domain::id::BranchName;

/// The versions that begin with the numbers in a branch's name: `1.4.0` to `1.4.99` of `release/1.4` or `v1.4.x`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The branch.
    pub branch: BranchName,
    numbers: Vec<u64>,
}

impl Series {
    /// The series that a branch's name tells: `1.x`, `release/1.4`, `stable-1.4.x`, `hotfix/v1.4.3`. `None`: it tells none.
    pub fn of(branch: &BranchName) -> Option<Self> {
        let last = branch.as_str().rsplit('/').next()?;
        let numbers = last.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '-' || c == '_');
        let mut parts: Vec<&str> = numbers.split('.').collect();
        while parts.len() > 1 && parts.last().is_some_and(|part| ["x", "X"].contains(part)) {
            parts.pop();
        }
        let numbers: Option<Vec<u64>> =
            parts.iter().map(|part| Number::parse(part).map(|number| number.value)).collect();
        let numbers = numbers.filter(|numbers| numbers.len() <= 3)?;
        Some(Self { branch: branch.clone(), numbers })
    }

    /// Whether a version is one of them; a pre-release is where its final version is.
    pub fn holds(&self, version: &Version) -> bool {
        self.numbers.len() <= version.numbers.len()
            && self.numbers.iter().enumerate().all(|(place, number)| version.value(place) == *number)
    }

    /// The first of them by SemVer.
    pub(super) fn first(&self) -> Version {
        let number = |place: usize| self.numbers.get(place).copied().unwrap_or(0);
        Version::new(number(0), number(1), number(2))
    }
}

/// `1.4.x`, as people write it.
impl fmt::Display for Series {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut numbers: Vec<String> = self.numbers.iter().map(u64::to_string).collect();
        if numbers.len() < 3 {
            numbers.push("x".to_owned());
        }
        formatter.write_str(&numbers.join("."))
    }
}
