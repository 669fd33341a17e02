//! A team's own template of the notes: what it may use, how far it may go, and that nothing a person wrote gets out of it unescaped. How the pieces become Markdown is the forge's `render`.
//!
//! What a template writes itself is the team's own markup and stays as it is. Every value that it prints is a leaf of the
//! tree: text that people wrote is marked when it is printed, whatever filters it went through, and becomes
//! `Span::Written`; references, credits and links are opaque values that can only be printed.

mod coding;
mod view;

use std::io;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use self::coding::{Leaf, coded, decoded};
use self::view::View;
use super::Text;
use crate::domain::plan::Plan;
use crate::domain::say::Block;

/// A template may be this long, in characters.
pub const LONGEST: usize = 10_000;
/// As many steps as one run may take: a release of 5,000 changes with twenty steps each.
const FUEL: u64 = 200_000;
/// As many bytes as one run may write, marks included.
const MOST: usize = 2_000_000;

/// A template that was run once over made-up releases, so that it fails before the first cut and not at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line of the template, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, in a sentence without a full stop.
    pub said: String,
}

impl Template {
    /// Reads a template and tries it.
    pub fn parse(source: &str) -> Result<Self, Fault> {
        let whole = |said: String| Fault { line: None, said };
        if source.chars().count() > LONGEST {
            return Err(whole(format!("it is longer than {LONGEST} characters")));
        }
        if source.chars().any(coding::is_mark) {
            return Err(whole("it holds a character of the private use area".to_owned()));
        }
        let template = Self { source: source.to_owned() };
        View::samples().into_iter().try_for_each(|view| template.run(view).map(drop))?;
        Ok(template)
    }

    /// The notes of a plan.
    pub fn render(&self, plan: &Plan, default: Text) -> Result<Text, Fault> {
        self.run(View::of(plan, default))
    }

    fn run(&self, view: View) -> Result<Text, Fault> {
        let environment = environment();
        let template = environment.template_from_str(&self.source).map_err(|error| fault(&error))?;
        let (context, leaves) = view.context();
        let mut out = Capped(Vec::new());
        template.render_captured_to(context, &mut out).map_err(|error| fault(&error))?;
        let text = String::from_utf8_lossy(&out.0);
        Ok(Text(vec![Block::Markup(decoded(text.trim_matches('\n'), &leaves))]))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    if let Ok(syntax) = syntax.build() {
        environment.set_syntax(syntax);
    }
    // They would promise what nothing here keeps, or make much of nothing.
    ["safe", "escape", "e"].iter().for_each(|name| environment.remove_filter(name));
    environment.remove_global("range");
    environment.set_formatter(|out, _, value| {
        if let Some(leaf) = value.downcast_object_ref::<Leaf>() {
            return out.write_str(&leaf.coded()).map_err(Error::from);
        }
        match value.as_str() {
            Some(text) => out.write_str(&coded(text)).map_err(Error::from),
            None if value.is_none() => Ok(()),
            None if value.is_number() => write!(out, "{value}").map_err(Error::from),
            None => {
                Err(Error::new(ErrorKind::InvalidOperation, format!("a {} cannot be printed", value.kind())))
            }
        }
    });
    environment
}

fn fault(error: &Error) -> Fault {
    let kind = error.kind().to_string();
    let said = match error.kind() {
        ErrorKind::OutOfFuel => "it takes too many steps".to_owned(),
        ErrorKind::WriteFailure => format!("it writes more than {MOST} bytes"),
        _ => error.detail().map_or(kind.clone(), |detail| format!("{kind}: {detail}")),
    };
    Fault { line: error.line(), said }
}

/// Takes so much and no more.
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST {
            return Err(io::Error::other("too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
