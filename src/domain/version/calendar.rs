//! Versions by the calendar, [CalVer](https://calver.org): a date as a team writes it, and a counter. What asks for a release is not known here.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::{Number, Version};
use crate::domain::id::Malformed;

/// How a team writes dates as versions: `YYYY.MM.MICRO`, `YY.0M`, `YYYY.WW.MICRO`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Format(Vec<Part>);

/// One number of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    FullYear,
    ShortYear,
    PaddedYear,
    Month,
    PaddedMonth,
    Week,
    PaddedWeek,
    Day,
    PaddedDay,
    Micro,
}

impl Part {
    const ALL: [(Self, &str); 10] = [
        (Self::FullYear, "YYYY"),
        (Self::ShortYear, "YY"),
        (Self::PaddedYear, "0Y"),
        (Self::Month, "MM"),
        (Self::PaddedMonth, "0M"),
        (Self::Week, "WW"),
        (Self::PaddedWeek, "0W"),
        (Self::Day, "DD"),
        (Self::PaddedDay, "0D"),
        (Self::Micro, "MICRO"),
    ];

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(part, _)| *part)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(part, _)| *part == self).map_or("", |(_, name)| name)
    }

    /// From the greatest unit to the smallest. Years are 0, the counter is 4.
    fn unit(self) -> u8 {
        match self {
            Self::FullYear | Self::ShortYear | Self::PaddedYear => 0,
            Self::Month | Self::PaddedMonth => 1,
            Self::Week | Self::PaddedWeek => 2,
            Self::Day | Self::PaddedDay => 3,
            Self::Micro => 4,
        }
    }

    /// Its number on a day. `None`: the day is before the time that can be written so.
    fn on(self, day: Date, year: i16) -> Option<Number> {
        let short = || u64::try_from(year - 2000).ok();
        let (value, width) = match self {
            Self::FullYear => (u64::try_from(year).ok()?, 4),
            Self::ShortYear => (short()?, 1),
            Self::PaddedYear => (short()?, 2),
            Self::Month => (day.month().unsigned_abs().into(), 1),
            Self::PaddedMonth => (day.month().unsigned_abs().into(), 2),
            Self::Week => (day.iso_week_date().week().unsigned_abs().into(), 1),
            Self::PaddedWeek => (day.iso_week_date().week().unsigned_abs().into(), 2),
            Self::Day => (day.day().unsigned_abs().into(), 1),
            Self::PaddedDay => (day.day().unsigned_abs().into(), 2),
            Self::Micro => (0, 1),
        };
        // A width says something only where the number is shorter.
        let is_padded = value.checked_ilog10().map_or(1, |log| log + 1) < u32::from(width);
        Some(Number { value, width: if is_padded { width } else { 1 } })
    }

    /// Whether such a number may stand here. Teams change their minds about zeros, so both ways are read.
    fn takes(self, number: Number) -> bool {
        match self.unit() {
            0 if self == Self::FullYear => (1900..10_000).contains(&number.value),
            0 => number.value < 1000,
            1 => (1..=12).contains(&number.value),
            2 => (1..=53).contains(&number.value),
            3 => (1..=31).contains(&number.value),
            _ => true,
        }
    }
}

impl Format {
    /// Parses a format: two to four of the words of [calver.org](https://calver.org) with dots between, the year first,
    /// then ever smaller units, `MICRO` last.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        const RULE: &str =
            "two to four of `YYYY YY 0Y MM 0M WW 0W DD 0D MICRO` with dots between, from the year down";
        let parts: Option<Vec<Part>> = text.split('.').map(Part::parse).collect();
        let is_right = |parts: &Vec<Part>| {
            let units: Vec<u8> = parts.iter().map(|part| part.unit()).collect();
            // A day is one of a month: in a week it has a name, and no number.
            let has_month = units.contains(&1);
            (2..=4).contains(&units.len())
                && units[0] == 0
                && units.windows(2).all(|pair| pair[0] < pair[1])
                && units.contains(&3) <= has_month
                && !(has_month && units.contains(&2))
        };
        parts.filter(is_right).map(Self).ok_or_else(|| Malformed::new("format of versions", text, RULE))
    }

    /// Reads a version that is written so.
    pub fn read(&self, text: &str) -> Option<Version> {
        Version::parse(text).ok().filter(|version| self.takes(version))
    }

    /// Whether a version is written so.
    pub fn takes(&self, version: &Version) -> bool {
        version.numbers.len() == self.0.len()
            && self.0.iter().zip(&version.numbers).all(|(part, number)| part.takes(*number))
    }

    /// The next final version on a day, after those in `taken`. A format that counts nothing has one version a day, a week
    /// or a month, taken or not.
    pub fn next<'a>(&self, day: Date, taken: impl IntoIterator<Item = &'a Version>) -> Version {
        // Where weeks count, so do their years: the last days of December can be of the first week of the next year.
        let counts_weeks = self.0.iter().any(|part| part.unit() == 2);
        let year = if counts_weeks { day.iso_week_date().year() } else { day.year() };
        let mut numbers: Vec<Number> =
            self.0.iter().map(|part| part.on(day, year).unwrap_or(Number::plain(0))).collect();
        if self.counts() {
            let dated = numbers.len() - 1;
            let same = |version: &&Version| {
                version.is_final()
                    && self.takes(version)
                    && (0..dated).all(|place| version.value(place) == numbers[place].value)
            };
            let highest = taken.into_iter().filter(same).map(|version| version.value(dated)).max();
            numbers[dated] = Number::plain(highest.map_or(0, |highest| highest + 1));
        }
        Version::of(numbers)
    }

    /// Whether it ends in a counter.
    pub fn counts(&self) -> bool {
        self.0.last() == Some(&Part::Micro)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|part| part.name()).collect();
        formatter.write_str(&names.join("."))
    }
}

impl FromStr for Format {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse(text)
    }
}
