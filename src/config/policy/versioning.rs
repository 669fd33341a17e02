//! What a file says under `versioning`: the tag pattern and the scheme. What comes of them for a release is decided in `domain`.

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::shape::{Written, shortened};
use crate::domain::version::{Format, Scheme, TagPattern, Version};

use super::VersioningLayer;
use super::meaning::{self, Errors};
use super::raw;

/// What a team writes that says only `scheme: calver`.
const USUAL_FORMAT: &str = "YYYY.MM.MICRO";

/// What counts versions, of a block.
pub(super) struct Counting<'a> {
    pub(super) scheme: Option<&'a raw::Scheme>,
    pub(super) format: Option<&'a Written>,
    pub(super) initial: Option<&'a Written>,
}

/// Reads the block.
pub(super) fn versioning(raw: &raw::Versioning, errors: &mut Errors) -> VersioningLayer {
    let tag = raw.tag.as_ref().and_then(|written| tag_pattern(written, errors));
    let counting =
        Counting { scheme: raw.scheme.as_ref(), format: raw.format.as_ref(), initial: raw.initial.as_ref() };
    let files = raw.files.as_ref().map(|written| meaning::files(written, errors));
    VersioningLayer { tag, scheme: scheme(&counting, errors).unwrap_or_default(), files }
}

/// The scheme that a block names; `None`: it is wrong, and that is told.
pub(super) fn scheme(counting: &Counting<'_>, errors: &mut Errors) -> Option<Scheme> {
    match counting.scheme {
        Some(raw::Scheme::Calver) => calendar(counting, errors),
        Some(raw::Scheme::Semver) | None => semantic(counting, errors),
    }
}

fn calendar(counting: &Counting<'_>, errors: &mut Errors) -> Option<Scheme> {
    if let Some(initial) = counting.initial {
        let title = "`initial` means nothing beside `scheme: calver`";
        let error = Diagnostic::at(Code::Idle, initial.span(), title);
        errors.push(error.help("take it out: the first version by the calendar is that of its day"));
    }
    let format = counting.format.map_or(USUAL_FORMAT, |written| &written.text);
    let read = Format::parse(format).ok();
    if let (None, Some(written)) = (&read, counting.format) {
        let title = format!("`{}` is not a format of versions by the calendar", shortened(&written.text));
        errors.push(Diagnostic::at(Code::BadFormat, written.span(), title).help(
            "write two to four of `YYYY YY 0Y MM 0M WW 0W DD 0D MICRO` with dots between, from the year down",
        ));
    }
    read.map(Scheme::Calendar)
}

fn semantic(counting: &Counting<'_>, errors: &mut Errors) -> Option<Scheme> {
    if let Some(format) = counting.format {
        let error =
            Diagnostic::at(Code::Idle, format.span(), "`format` means nothing without `scheme: calver`");
        errors.push(error.help("write `scheme: calver` beside it, or take it out"));
    }
    let Some(written) = counting.initial else { return Some(Scheme::default()) };
    let initial = Version::semantic(&written.text);
    if initial.is_none() {
        let title = format!("`{}` is not a version", shortened(&written.text));
        let error = Diagnostic::at(Code::BadVersion, written.span(), title);
        errors.push(error.help("write three numbers, as in `1.0.0`"));
    }
    initial.map(|initial| Scheme::Semantic { initial })
}

/// A tag pattern.
pub(super) fn tag_pattern(written: &Written, errors: &mut Errors) -> Option<TagPattern> {
    let title = match (TagPattern::parse(&written.text), written.text.matches("{version}").count()) {
        (Ok(pattern), _) if !written.text.replace("{version}", "").contains(['{', '}']) => {
            return Some(pattern);
        }
        (Ok(_), _) => "a tag pattern has no other braces than `{version}`",
        (Err(_), 0) => "a tag pattern must hold `{version}`",
        (Err(_), 1) => "git does not accept tags of this pattern",
        (Err(_), _) => "a tag pattern holds `{version}` once",
    };
    let error = Diagnostic::at(Code::BadTagPattern, written.span(), title);
    errors.push(error.help("`v{version}` makes tags such as `v1.2.0`"));
    None
}
