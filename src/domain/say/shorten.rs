//! A text that is longer than a place takes, made shorter on the tree: whole entries are left out, and how many is said. The limit itself is the forge's.

use super::text::{Block, Piece, Span, Text};

/// The text, or as much of it as `fits`: each list and listing keeps as many entries from its beginning as all of them
/// can, so that a long one never pushes a short one out. Nothing is cut inside an entry.
pub fn shortened(text: &Text, fits: impl Fn(&Text) -> bool) -> Text {
    if fits(text) {
        return text.clone();
    }
    // The largest number of entries that fits lies in kept..too_many.
    let (mut kept, mut too_many) = (0, longest(&text.0).max(1));
    while too_many - kept > 1 {
        let middle = kept.midpoint(too_many);
        if fits(&capped(text, middle)) {
            kept = middle;
        } else {
            too_many = middle;
        }
    }
    beginning(capped(text, kept), fits)
}

/// The text's first blocks, where even a text without lists is too long.
fn beginning(mut text: Text, fits: impl Fn(&Text) -> bool) -> Text {
    if fits(&text) {
        return text;
    }
    let end = Block::Line(vec!["The rest is left out: it is longer than this place takes.".into()]);
    while text.0.pop().is_some() {
        let cut = text.clone().with(end.clone());
        if fits(&cut) {
            return cut;
        }
    }
    Text(vec![end])
}

fn longest(blocks: &[Block]) -> usize {
    let length = |block: &Block| match block {
        Block::List(entries) => entries.len(),
        Block::Listing { body, .. } => body.lines().count(),
        Block::Fold { body, .. } => longest(&body.0),
        Block::Markup(lines) => {
            lines.iter().flatten().map(in_blocks).max().unwrap_or_default().max(lines.len())
        }
        Block::Line(_)
        | Block::Heading(_)
        | Block::Command(_)
        | Block::CommandOn { .. }
        | Block::Small(_)
        | Block::Advice(_) => 0,
    };
    blocks.iter().map(length).max().unwrap_or_default()
}

fn in_blocks(piece: &Piece) -> usize {
    if let Piece::Blocks(text) = piece { longest(&text.0) } else { 0 }
}

/// The text with at most `keep` entries in each list, and a line that says how many are missing.
fn capped(text: &Text, keep: usize) -> Text {
    let mut cap = Cap { keep, entries: 0, lines: 0 };
    let mut blocks = Vec::new();
    let mut end = 0;
    for block in &text.0 {
        let before = cap.missing();
        cap.add(block, &mut blocks);
        if cap.missing() > before {
            end = blocks.len();
        }
    }
    if cap.missing() > 0 {
        blocks.insert(end, Block::Line(left_out(&cap, text)));
    }
    Text(blocks)
}

fn left_out(cap: &Cap, text: &Text) -> Vec<Span> {
    let (count, what) = (cap.missing(), if cap.lines > 0 { "lines" } else { "entries" });
    let mut line = vec![Span::words(format!("{count} more {what} are left out here for length."))];
    if let Some(compare) = compare(&text.0) {
        line.extend([" All of it: ".into(), compare.clone()]);
    }
    line
}

/// Where the whole of it can be read, if the text says so anywhere.
fn compare(blocks: &[Block]) -> Option<&Span> {
    blocks.iter().find_map(|block| match block {
        Block::Line(spans) | Block::Heading(spans) | Block::Small(spans) => {
            spans.iter().find(|span| matches!(span, Span::Compare { .. }))
        }
        Block::Fold { body, .. } => compare(&body.0),
        Block::Markup(lines) => lines.iter().flatten().find_map(in_piece),
        Block::List(_)
        | Block::Command(_)
        | Block::CommandOn { .. }
        | Block::Listing { .. }
        | Block::Advice(_) => None,
    })
}

fn in_piece(piece: &Piece) -> Option<&Span> {
    match piece {
        Piece::Spans(spans) => spans.iter().find(|span| matches!(span, Span::Compare { .. })),
        Piece::Blocks(text) => compare(&text.0),
        Piece::Raw(_) => None,
    }
}

/// What is left out while blocks are gone through.
struct Cap {
    keep: usize,
    entries: usize,
    lines: usize,
}

impl Cap {
    fn missing(&self) -> usize {
        self.entries + self.lines
    }

    /// Adds the block, as far as it may stay. What only introduced it goes with it.
    fn add(&mut self, block: &Block, to: &mut Vec<Block>) {
        match self.kept(block) {
            Some(kept) => to.push(kept),
            None => {
                to.pop_if(|last| is_heading(last));
            }
        }
    }

    fn kept(&mut self, block: &Block) -> Option<Block> {
        match block {
            Block::List(entries) => {
                let (kept, left_out) = entries.split_at(self.keep.min(entries.len()));
                self.entries += left_out.len();
                (!kept.is_empty()).then(|| Block::List(kept.to_vec()))
            }
            Block::Listing { language, body } => {
                let lines: Vec<&str> = body.lines().collect();
                let (kept, left_out) = lines.split_at(self.keep.min(lines.len()));
                self.lines += left_out.len();
                let body = kept.join("\n");
                (!kept.is_empty()).then(|| Block::Listing { language: language.clone(), body })
            }
            Block::Markup(lines) => {
                let (kept, left_out) = lines.split_at(self.keep.min(lines.len()));
                self.lines += left_out.len();
                let kept: Vec<Vec<Piece>> = kept.iter().map(|line| self.kept_line(line)).collect();
                (!kept.is_empty()).then_some(Block::Markup(kept))
            }
            Block::Fold { summary, body } => {
                let mut inner = Vec::new();
                body.0.iter().for_each(|block| self.add(block, &mut inner));
                let body = Text(inner);
                (!body.0.is_empty()).then(|| Block::Fold { summary: summary.clone(), body })
            }
            Block::Line(_)
            | Block::Heading(_)
            | Block::Command(_)
            | Block::CommandOn { .. }
            | Block::Small(_)
            | Block::Advice(_) => Some(block.clone()),
        }
    }
}

impl Cap {
    /// A line of markup, whose blocks give as all others do.
    fn kept_line(&mut self, line: &[Piece]) -> Vec<Piece> {
        let kept = |piece: &Piece| match piece {
            Piece::Blocks(text) => {
                let mut inner = Vec::new();
                text.0.iter().for_each(|block| self.add(block, &mut inner));
                Piece::Blocks(Text(inner))
            }
            Piece::Raw(_) | Piece::Spans(_) => piece.clone(),
        };
        line.iter().map(kept).collect()
    }
}

/// A heading, or the strong line that stands for one. A first line that is the whole answer says more than that.
fn is_heading(block: &Block) -> bool {
    match block {
        Block::Heading(_) => true,
        Block::Line(spans) => matches!(spans.as_slice(), [Span::Strong(_)]),
        Block::List(_)
        | Block::Command(_)
        | Block::CommandOn { .. }
        | Block::Listing { .. }
        | Block::Fold { .. }
        | Block::Small(_)
        | Block::Advice(_)
        | Block::Markup(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::say::plain::{Plain, markdown};

    fn list(count: usize) -> Block {
        Block::List((1..=count).map(|number| vec![Span::words(format!("entry {number}"))]).collect())
    }

    fn heading(words: &str) -> Block {
        Block::Heading(vec![words.into()])
    }

    #[track_caller]
    fn check(blocks: Vec<Block>, limit: usize) -> String {
        let text = Text(blocks);
        let short = shortened(&text, |text| markdown(text, &Plain).len() <= limit);
        let shown = markdown(&short, &Plain);
        assert!(shown.len() <= limit, "{} is over {limit}: {shown}", shown.len());
        shown
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let blocks = vec![heading("Fixes"), list(3)];
        assert_eq!(check(blocks.clone(), 1_000), markdown(&Text(blocks), &Plain));
    }

    #[test]
    fn long_lists_give_and_short_ones_stay_whole() {
        let blocks =
            vec![heading("Features"), list(3), heading("Fixes"), list(500), Block::Small(vec!["end".into()])];
        assert_eq!(
            check(blocks, 170),
            "### Features\n\n- entry 1\n- entry 2\n- entry 3\n\n### Fixes\n\n- entry 1\n- entry 2\n- entry 3\n- entry 4\n- entry 5\n\n\
             495 more entries are left out here for length.\n\n<sub>end</sub>\n"
        );
    }

    #[test]
    fn a_list_that_vanishes_takes_its_heading_and_fold_along() {
        let fold = Block::Fold { summary: vec!["All".into()], body: Text(vec![list(9)]) };
        let strong = Block::Line(vec![Span::strong("Before")]);
        let blocks =
            vec![Block::Line(vec!["first".into()]), heading("Fixes"), list(9), fold, strong, list(9)];
        assert_eq!(check(blocks, 60), "first\n\n27 more entries are left out here for length.\n");
    }

    #[test]
    fn a_listing_gives_whole_lines() {
        let body = "one line\n".repeat(50);
        let shown = check(vec![Block::Listing { language: "text".to_owned(), body }], 80);
        assert_eq!(
            shown,
            "```text\none line\none line\n```\n\n48 more lines are left out here for length.\n"
        );
    }

    #[test]
    fn a_text_without_lists_ends_between_two_blocks() {
        let line = |words: &str| Block::Line(vec![words.into()]);
        let shown = check(vec![line("first"), line(&"x".repeat(50)), line(&"y".repeat(200))], 120);
        assert!(
            shown.starts_with("first\n\nxxx") && shown.ends_with("longer than this place takes.\n"),
            "{shown}"
        );
    }
}
