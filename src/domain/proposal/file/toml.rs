//! Values in TOML files, found line by line so that everything else stays as it is. What is written there is not decided here.

use std::ops::Range;

/// A line that sets a key to a quoted text.
struct Setting<'t> {
    key: &'t str,
    value: &'t str,
    span: Range<usize>,
}

/// Goes through the lines of a text with where each begins; what stands in texts of several lines is passed over.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let (mut at, mut inside) = (0, None);
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let was_inside = inside.is_some();
        for quotes in ["\"\"\"", "'''"] {
            let is_odd = line.matches(quotes).count() % 2 == 1;
            inside = match inside {
                None if is_odd => Some(quotes),
                Some(open) if open == quotes && is_odd => None,
                other => other,
            };
        }
        (!was_inside).then_some((start, line))
    })
}

/// The name between the brackets of a table's line, `[[package]]` as `package`.
fn table(line: &str) -> Option<&str> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let inner = line.strip_prefix('[')?.strip_suffix(']')?;
    let inner = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(inner);
    Some(inner.trim())
}

fn setting(start: usize, line: &str) -> Option<Setting<'_>> {
    let (key, rest) = line.split_once('=')?;
    let quote = rest.trim_start().chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let from = line.len() - rest.trim_start().len() + 1;
    let length = line[from..].find(quote)?;
    Some(Setting {
        key: key.trim(),
        value: &line[from..from + length],
        span: start + from..start + from + length,
    })
}

/// Where a table's quoted value stands.
pub(super) fn value(text: &str, wanted: &str, key: &str) -> Option<Range<usize>> {
    let mut is_there = false;
    for (start, line) in lines(text) {
        if let Some(name) = table(line) {
            is_there = name == wanted;
        } else if let Some(found) = setting(start, line).filter(|found| is_there && found.key == key) {
            return Some(found.span);
        }
    }
    None
}

/// Where a lock repeats the version of packages of this project, which have no source: of the one that the manifest names, else
/// of all that have had the same version.
pub(super) fn own_packages(lock: &str, manifest: Option<&str>, before: &str) -> Vec<Range<usize>> {
    let name = manifest.and_then(|text| Some(&text[value(text, "package", "name")?]));
    let is_shared = manifest.is_some_and(|text| value(text, "package", "version").is_none());
    let mut packages: Vec<Package<'_>> = vec![];
    for (start, line) in lines(lock) {
        if table(line).is_some() {
            packages.push(Package { is_one: table(line) == Some("package"), ..Package::default() });
        } else if let (Some(package), Some(found)) = (packages.last_mut(), setting(start, line)) {
            package.take(found);
        }
    }
    let is_own = |package: &Package<'_>| {
        let is_named = name.is_some_and(|name| package.name == name);
        package.is_one && !package.has_source && (is_named || (is_shared && package.version == before))
    };
    packages.into_iter().filter(is_own).filter_map(|package| package.span).collect()
}

#[derive(Default)]
struct Package<'t> {
    is_one: bool,
    name: &'t str,
    version: &'t str,
    span: Option<Range<usize>>,
    has_source: bool,
}

impl<'t> Package<'t> {
    fn take(&mut self, found: Setting<'t>) {
        match found.key {
            "name" => self.name = found.value,
            "source" => self.has_source = true,
            "version" => {
                self.version = found.value;
                self.span = Some(found.span);
            }
            _ => {}
        }
    }
}
