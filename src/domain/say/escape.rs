//! Makes foreign text only text in Markdown, on every forge: no mention, link, reference, image, HTML, list or command comes of it. The tree that it stands in is `plain`'s business.
//!
//! Forges look for references in the rendered page, where a backslash is gone; only code spans are safe from them. So a
//! word that could be one becomes a code span, and in all others what Markdown would obey gets a backslash.

/// What a person wrote, as Markdown that shows it and does nothing else: what they set as code is code. One line.
pub fn written(text: &str) -> String {
    each_word(text, |word| if is_live(word) { code(word) } else { words(word) }, code)
}

/// What a person wrote, as HTML that shows it and does nothing else. One line, for places where Markdown is not read.
pub fn written_html(text: &str) -> String {
    each_word(text, |word| if is_live(word) { code_html(word) } else { html(word) }, code_html)
}

/// Our own words as Markdown that shows them as they are.
pub fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let begins_entity =
            c == '&' && rest.peek().is_some_and(|next| next.is_ascii_alphanumeric() || *next == '#');
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '$') || begins_entity {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A code span that holds exactly this text, on one line. Nothing where there is no text.
pub fn code(text: &str) -> String {
    let text = tidy(text);
    if text.is_empty() {
        return text;
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let is_bare = !text.starts_with(['`', ' ']) && !text.ends_with(['`', ' ']);
    if is_bare { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}

/// A code element that holds exactly this text.
pub fn code_html(text: &str) -> String {
    format!("<code>{}</code>", html(&tidy(text)))
}

/// Text as HTML that shows it.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// A fenced block that holds exactly this text.
pub fn fenced(language: &str, body: &str) -> String {
    let fence = "`".repeat((longest_run(body, '`') + 1).max(3));
    let language: String = language.chars().filter(char::is_ascii_alphanumeric).collect();
    let body = body.replace('\r', "");
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let body = shown(&body, |c| if is_odd(c) { char::REPLACEMENT_CHARACTER } else { c });
    format!("{fence}{language}\n{}\n{fence}", body.trim_end_matches('\n'))
}

/// A finished line, made safe where Markdown or a forge gives its first character a meaning: lists, headings, rules,
/// quick actions.
pub fn line_start(line: String) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && line[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    // `#12` is no heading, and a backslash would stand in the way of a reference that is ours.
    let is_heading = line.trim_start_matches('#').starts_with(' ') || line.bytes().all(|b| b == b'#');
    let is_special = line.starts_with(['-', '+', '=', '/', ':']) || (line.starts_with('#') && is_heading);
    if is_special { format!("\\{line}") } else { line }
}

/// Text on one line: white space is a single space, and what would show as nothing or turn the text around is shown.
pub fn tidy(text: &str) -> String {
    let spaced = shown(text, |c| if c.is_control() || c.is_whitespace() { ' ' } else { c });
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text with hidden characters shown, all others as `map` says.
fn shown(text: &str, map: impl Fn(char) -> char) -> String {
    let mut before = ' ';
    let show = |c| {
        // In emoji and in scripts that join their letters these two belong to the word.
        let joins = matches!(c, '\u{200c}' | '\u{200d}') && !before.is_ascii();
        let c = if is_hidden(c) && !joins { char::REPLACEMENT_CHARACTER } else { map(c) };
        before = c;
        c
    };
    text.chars().map(show).collect()
}

/// A character that shows as nothing or turns the text around: it could hide what is meant.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn each_word(text: &str, show: impl Fn(&str) -> String, show_code: impl Fn(&str) -> String) -> String {
    let text = tidy(text);
    let (mut shown, mut rest) = (Vec::new(), text.as_str());
    while !rest.is_empty() {
        if let Some((code, sign, after)) = set_as_code(rest) {
            shown.push(show_code(code) + sign);
            rest = after;
        } else {
            let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
            shown.push(show(word));
            rest = after;
        }
    }
    shown.join(" ")
}

/// Words that a person set as code, where a text begins with them and they end with a word: they, the sign behind them, and what
/// follows. Two code spans never touch, for the backticks between them would be those of another one.
fn set_as_code(text: &str) -> Option<(&str, &str, &str)> {
    let (code, rest) = text.strip_prefix('`')?.split_once('`')?;
    if code.is_empty() || code.starts_with(' ') || code.ends_with(' ') {
        return None;
    }
    let (sign, rest) = rest.split_at(usize::from(rest.starts_with([',', '.', ';', ':', '!', '?', ')'])));
    match rest.strip_prefix(' ') {
        Some(after) => Some((code, sign, after)),
        None => rest.is_empty().then_some((code, sign, "")),
    }
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// Whether a forge could make something of a word after Markdown is done: a mention, a reference, a link, an emoji.
fn is_live(word: &str) -> bool {
    const SIGNS: [&str; 10] = ["@", "#", "$", "://", "[[", "{+", "{-", "[+", "[-", "*iteration"];
    let lower = word.to_lowercase();
    SIGNS.iter().any(|sign| lower.contains(sign))
        || ["www.", "mailto:", "xmpp:", "[toc"].iter().any(|sign| lower.contains(sign))
        || (lower.contains('[') && lower.contains(':'))
        || follows(&lower, "!&^", |c| c.is_ascii_digit())
        || follows(&lower, "~%", |c| c.is_alphanumeric() || c == '"')
        || lower.split("gh-").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        || lower.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 7)
        || has_emoji(&lower)
}

fn follows(word: &str, signs: &str, wanted: impl Fn(char) -> bool) -> bool {
    word.chars().zip(word.chars().skip(1)).any(|(sign, next)| signs.contains(sign) && wanted(next))
}

/// `:word:`.
fn has_emoji(word: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-'))
    };
    let parts: Vec<&str> = word.split(':').collect();
    parts.len() > 2 && parts[1..parts.len() - 1].iter().copied().any(is_name)
}
