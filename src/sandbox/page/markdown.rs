//! Markdown to HTML that is safe to show: raw HTML is text, but for the few tags that the bot folds its answers with; images are
//! their words; links lead only to pages.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// The tags that pass as they stand, without attributes.
const PASSED: [&str; 7] = ["<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<br>"];

/// A sign before a number, and the place of what it refers to; the first of its sign counts.
pub(super) type Reference<'a> = (char, &'a str);

/// HTML of a comment or of notes.
pub(super) fn render(text: &str, references: &[Reference<'_>]) -> String {
    let mut is_loose = true;
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let mut events = Vec::new();
    let mut raw = String::new();
    for event in parser {
        if let Event::Html(piece) | Event::InlineHtml(piece) = &event {
            raw.push_str(piece);
            continue;
        }
        if !raw.is_empty() {
            events.push(Event::Html(CowStr::from(passed(&std::mem::take(&mut raw)))));
        }
        match &event {
            // Within a link or a listing nothing else is one.
            Event::Start(Tag::Link { .. } | Tag::CodeBlock(_)) => is_loose = false,
            Event::End(TagEnd::Link | TagEnd::CodeBlock) => is_loose = true,
            Event::Text(words) if is_loose => {
                events.push(Event::Html(CowStr::from(referring(words, references))));
                continue;
            }
            _ => {}
        }
        events.extend(tamed(event));
    }
    events.push(Event::Html(CowStr::from(passed(&raw))));
    let mut page = String::new();
    html::push_html(&mut page, events.into_iter());
    page
}

/// Words as HTML, with `#12` or `!12` linked and `@name` marked as forges do.
fn referring(words: &str, references: &[Reference<'_>]) -> String {
    let mut shown = String::new();
    let mut rest = words;
    while let Some(at) = rest.find(['#', '!', '@']) {
        let (before, sign) = rest.split_at(at);
        let name: String = sign[1..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let is_number = !name.is_empty() && name.bytes().all(|digit| digit.is_ascii_digit());
        shown.push_str(&escaped(before));
        let is_glued = before.ends_with(char::is_alphanumeric);
        let known = references.iter().find(|(mark, _)| is_number && !is_glued && sign.starts_with(*mark));
        match known {
            Some((mark, place)) => {
                shown.push_str(&format!("<a href=\"{}/{name}\">{mark}{name}</a>", escaped(place)));
            }
            None if sign.starts_with('@') && !is_glued && !name.is_empty() => {
                shown.push_str(&format!("<strong>@{name}</strong>"));
            }
            None => shown.push_str(&sign[..=name.len()]),
        }
        rest = &sign[1 + name.len()..];
    }
    shown + &escaped(rest)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// An event as it may be shown; forges break a comment's lines where they were broken.
fn tamed(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::SoftBreak => Some(Event::HardBreak),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let is_page = ["https://", "http://", "/", "#"].iter().any(|start| dest_url.starts_with(start));
            let dest_url = if is_page { dest_url } else { CowStr::from("#") };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        Event::Start(Tag::Image { .. } | Tag::HtmlBlock) | Event::End(TagEnd::Image | TagEnd::HtmlBlock) => {
            None
        }
        other => Some(other),
    }
}

/// Raw HTML with only what may pass; comments vanish, all else is shown as text.
fn passed(raw: &str) -> String {
    let mut shown = String::new();
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = after.split_once("-->").map_or("", |(_, after)| after);
        } else if let Some(tag) = PASSED.iter().find(|tag| rest.starts_with(**tag)) {
            shown.push_str(tag);
            rest = &rest[tag.len()..];
        } else {
            match first {
                '<' => shown.push_str("&lt;"),
                '>' => shown.push_str("&gt;"),
                '&' => shown.push_str("&amp;"),
                other => shown.push(other),
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::render;

    const PLACES: [(char, &str); 2] = [('!', "/acme/shop/-/merge_requests"), ('#', "/acme/shop/issues")];

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(render(text, &PLACES).trim(), expected);
    }

    #[test]
    fn folds_pass() {
        let page = render("<details><summary>Dependencies (2)</summary>\n\n- a\n\n</details>\n", &PLACES);
        assert!(page.contains("<details><summary>Dependencies (2)</summary>"), "{page}");
        assert!(page.contains("<li>a</li>"), "{page}");
        assert!(page.contains("</details>"), "{page}");
    }

    #[test]
    fn other_html_is_text() {
        check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
        check("a <img src=x onerror=y> b", "<p>a &lt;img src=x onerror=y&gt; b</p>");
        check("<details open onclick=x>", "&lt;details open onclick=x&gt;");
    }

    #[test]
    fn html_comments_are_hidden() {
        check("said <!-- lockkeeper: key --> here", "<p>said  here</p>");
        check("<!-- one\ntwo -->", "");
    }

    #[test]
    fn links_lead_only_to_pages() {
        check("[a](javascript:alert)", "<p><a href=\"#\">a</a></p>");
        check("[a](https://forge.example/x)", "<p><a href=\"https://forge.example/x\">a</a></p>");
    }

    #[test]
    fn references_are_shown_as_a_forge_shows_them() {
        check(
            "#12 <b> by @ana, `#13`",
            "<p><a href=\"/acme/shop/issues/12\">#12</a> &lt;b&gt; by <strong>@ana</strong>, <code>#13</code></p>",
        );
        check("!7: no!", "<p><a href=\"/acme/shop/-/merge_requests/7\">!7</a>: no!</p>");
        check("a#1 # x@y [#2](/z)", "<p>a#1 # x@y <a href=\"/z\">#2</a></p>");
    }

    #[test]
    fn images_are_their_words() {
        check("![cat](https://elsewhere.example/cat.png)", "<p>cat</p>");
    }
}
