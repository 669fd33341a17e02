//! The tree as HTML for our own pages. What a person wrote stays text, a link leads to the web or nowhere; around it a page puts what it likes. Nothing here is raw HTML.

use jiff::Timestamp;

use super::counted;
use super::escape::{html as escaped, tidy};
use super::plain::{AUTOMATION, TEAM_WORD, compared, time};
use super::text::{Block, Piece, Span, Text};

/// The blocks of a text, one after the other. `now` leaves the year out of moments that are of this year.
pub fn html(text: &Text, now: Timestamp) -> String {
    blocks(&text.0, now)
}

/// Blocks, one after the other.
pub fn blocks(blocks: &[Block], now: Timestamp) -> String {
    blocks.iter().map(|it| block(it, now)).collect()
}

/// A part of a line.
pub fn line(spans: &[Span], now: Timestamp) -> String {
    spans.iter().map(|it| span(it, now)).collect()
}

fn block(block: &Block, now: Timestamp) -> String {
    match block {
        Block::Line(spans) => format!("<p>{}</p>", line(spans, now)),
        Block::Heading(spans) => format!("<h3>{}</h3>", line(spans, now)),
        Block::List(entries) => {
            let entries: String =
                entries.iter().map(|spans| format!("<li>{}</li>", line(spans, now))).collect();
            format!("<ul>{entries}</ul>")
        }
        Block::Command(command) => format!("<pre><code>{}</code></pre>", escaped(&tidy(command))),
        Block::CommandOn { command, change } => {
            format!("<pre><code>{} {change}</code></pre>", escaped(&tidy(command)))
        }
        Block::Listing { body, .. } => format!("<pre><code>{}</code></pre>", listing(body)),
        Block::Fold { summary, body } => {
            let (summary, body) = (line(summary, now), blocks(&body.0, now));
            format!("<details><summary>{summary}</summary>{body}</details>")
        }
        Block::Small(spans) => format!("<p><small>{}</small></p>", line(spans, now)),
        // A page shows how things stand; what to do about it is said where people talk.
        Block::Advice(_) => String::new(),
        // A team's own markup is text here.
        Block::Markup(lines) => lines.iter().map(|line| markup(line, now)).collect(),
    }
}

fn markup(pieces: &[Piece], now: Timestamp) -> String {
    let part = |piece: &Piece| match piece {
        Piece::Raw(text) => escaped(&tidy(text)),
        Piece::Spans(spans) => line(spans, now),
        Piece::Blocks(text) => blocks(&text.0, now),
    };
    let shown: String = pieces.iter().map(part).collect();
    if shown.is_empty() { shown } else { format!("<div>{shown}</div>") }
}

fn span(span: &Span, now: Timestamp) -> String {
    match span {
        Span::Words(words) => escaped(words),
        Span::Strong(spans) => format!("<strong>{}</strong>", line(spans, now)),
        Span::Emphasis(spans) => format!("<em>{}</em>", line(spans, now)),
        Span::Code(text) => format!("<code>{}</code>", escaped(&tidy(text))),
        // Nobody is called from a page: a name is a name.
        Span::Person(login) | Span::Ask(login) | Span::Credit(login) => {
            format!("<b>{}</b>", escaped(&tidy(login)))
        }
        Span::Change(number) => escaped(&format!("#{number}")),
        Span::Issue(number) => escaped(&format!("#{number}")),
        Span::Commit(commit) => format!("<code>{}</code>", escaped(commit.short())),
        Span::Link { words, to } => link(words, to),
        Span::Compare { words, from, to } => escaped(&tidy(&compared(words.as_deref(), from, to))),
        Span::Time { at, zone } => moment(*at, zone.as_deref(), now),
        Span::ChangeWord => "change".to_owned(),
        Span::TeamWord => TEAM_WORD.to_owned(),
        Span::Forge => "the forge".to_owned(),
        Span::Automations(count) => counted(*count, AUTOMATION.0, AUTOMATION.1),
        Span::Written(text) => escaped(&tidy(text)),
    }
}

/// A moment that programs can read, too.
pub fn moment(at: Timestamp, zone: Option<&str>, now: Timestamp) -> String {
    format!("<time datetime=\"{at}\">{}</time>", escaped(&time(at, zone, Some(now))))
}

/// A link that a page follows without telling where from; words alone where the address is not one of the web.
pub fn link(words: &str, to: &str) -> String {
    let words = escaped(&tidy(words));
    if !is_web(to) {
        return words;
    }
    format!("<a href=\"{}\" rel=\"noopener noreferrer\">{words}</a>", escaped(to))
}

/// `http` or `https`, and nothing that a browser would leave out of an address before it reads it.
fn is_web(to: &str) -> bool {
    let begins = to.starts_with("https://") || to.starts_with("http://");
    begins && to.chars().all(|c| !c.is_control() && !c.is_whitespace())
}

/// A file's text with its lines, and nothing that hides what is meant.
fn listing(body: &str) -> String {
    let lines: Vec<String> = body.lines().map(visible).collect();
    escaped(&lines.join("\n"))
}

/// A line with its indentation.
fn visible(line: &str) -> String {
    let text = line.trim_start_matches([' ', '\t']);
    let indent: String = line[..line.len() - text.len()].replace('\t', "    ");
    format!("{indent}{}", tidy(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn check(block: Block, expected: &str) {
        assert_eq!(html(&Text(vec![block]), NOW), expected);
    }

    #[test]
    fn what_people_wrote_is_only_text() {
        let title = "</summary><script>alert(1)</script> \"&amp;\" \u{202e}evil";
        let shown =
            "&lt;/summary&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;amp;&quot; \u{fffd}evil";
        let written = || vec![Span::Written(title.to_owned())];
        check(Block::Line(written()), &format!("<p>{shown}</p>"));
        check(Block::List(vec![written()]), &format!("<ul><li>{shown}</li></ul>"));
        let body = Text(vec![Block::Line(written())]);
        let fold = format!("<details><summary>{shown}</summary><p>{shown}</p></details>");
        check(Block::Fold { summary: written(), body }, &fold);
        let code = vec![Span::Code(title.to_owned()), Span::Person(title.to_owned())];
        check(Block::Small(code), &format!("<p><small><code>{shown}</code><b>{shown}</b></small></p>"));
        let listing =
            Block::Listing { language: "yaml\"><b>".to_owned(), body: "a:\n\tb: <c>\r\n".to_owned() };
        check(listing, "<pre><code>a:\n    b: &lt;c&gt;</code></pre>");
    }

    #[test]
    fn a_link_leads_to_the_web_or_nowhere() {
        for (to, is_followed) in [
            ("https://forge.example/1?a=1&b=2", true),
            ("http://127.0.0.1:8080/", true),
            ("javascript:alert(1)", false),
            ("JAVASCRIPT:alert(1)", false),
            ("//evil.example", false),
            ("data:text/html,<script>", false),
            ("https://x.example/\" onclick=\"alert(1)", false),
            ("https://x.example/\"onclick=\"alert(1)", true),
            ("https://x\n.example", false),
            ("/local", false),
        ] {
            let shown = html(&Text::line([Span::Link { words: "<log>".into(), to: to.into() }]), NOW);
            assert_eq!(shown.contains("<a href="), is_followed, "{to}: {shown}");
            let quotes = shown.matches('"').count();
            assert!(quotes == 0 || quotes == 4, "only the quotes of two attributes: {shown}");
            assert!(shown.contains("&lt;log&gt;"), "{shown}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_tag(text in "\\PC{0,40}") {
            let spans = [Span::Written(text.clone()), Span::Code(text.clone()), Span::Person(text.clone())];
            let shown = line(&spans, NOW);
            let ours = ["<code>", "</code>", "<b>", "</b>"];
            let rest = ours.iter().fold(shown, |rest, tag| rest.replacen(tag, "", 1));
            prop_assert!(!rest.contains(['<', '>', '"']), "{rest}");
        }
    }
}
