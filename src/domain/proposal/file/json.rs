//! Texts in JSON files, found by their keys so that layout and order stay as they are. What is written there is not decided here.

use std::ops::Range;

/// Where the text under these keys stands, without its quotes.
pub(super) fn value(text: &str, keys: &[&str]) -> Option<Range<usize>> {
    Reader { text, at: 0 }.find(keys)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn find(&mut self, keys: &[&str]) -> Option<Range<usize>> {
        let Some((first, rest)) = keys.split_first() else { return self.string() };
        self.take(b'{')?;
        loop {
            let key = self.string()?;
            self.take(b':')?;
            if self.text[key] == **first {
                return self.find(rest);
            }
            self.skip()?;
            self.take(b',')?;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte >= 0x80).count();
        self.at += blank;
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    fn string(&mut self) -> Option<Range<usize>> {
        self.take(b'"')?;
        let (start, mut is_escaped) = (self.at, false);
        for (length, byte) in self.text.as_bytes()[start..].iter().enumerate() {
            match byte {
                b'"' if !is_escaped => {
                    self.at = start + length + 1;
                    return Some(start..start + length);
                }
                b'\\' => is_escaped = !is_escaped,
                _ => is_escaped = false,
            }
        }
        None
    }

    /// Passes over a value, however deep: nothing is remembered but how deep.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => _ = self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth == 0 => return Some(()),
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' if depth == 0 => return Some(()),
                _ => self.at += 1,
            }
        }
    }
}
