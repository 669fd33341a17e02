//! Markdown to HTML that is safe to show: raw HTML is text, but for the few tags that the bot folds its answers with; images are
//! their words; links lead only to pages.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// The tags that pass as they stand, without attributes.
const PASSED: [&str; 7] = ["<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<br>"];

/// HTML of a comment or of notes.
pub(super) fn render(text: &str) -> String {
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
        events.extend(tamed(event));
    }
    events.push(Event::Html(CowStr::from(passed(&raw))));
    let mut page = String::new();
    html::push_html(&mut page, events.into_iter());
    page
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

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(render(text).trim(), expected);
    }

    #[test]
    fn folds_pass() {
        let page = render("<details><summary>Dependencies (2)</summary>\n\n- a\n\n</details>\n");
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
    fn images_are_their_words() {
        check("![cat](https://elsewhere.example/cat.png)", "<p>cat</p>");
    }
}
