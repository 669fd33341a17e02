//! Two texts side by side for a terminal. What they say is not looked at.

/// Columns of one side.
const WIDTH: usize = 58;

/// Two texts under their titles. A long line goes on below itself.
pub(super) fn of((left_title, left): (&str, &str), (right_title, right): (&str, &str)) -> String {
    let side = |title: &str, text: &str| -> Vec<String> {
        let head = [title.to_owned(), "-".repeat(WIDTH)];
        head.into_iter().chain(text.lines().flat_map(wrapped)).collect()
    };
    let (left, right) = (side(left_title, left), side(right_title, right));
    let line = |at: usize| {
        let cell = |side: &[String]| side.get(at).cloned().unwrap_or_default();
        let (left, right) = (cell(&left), cell(&right));
        let gap = " ".repeat(WIDTH.saturating_sub(left.chars().count()));
        format!("{left}{gap} | {right}").trim_end().to_owned() + "\n"
    };
    (0..left.len().max(right.len())).map(line).collect()
}

/// A line in pieces that fit, cut between words where there are any.
fn wrapped(line: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest: Vec<char> = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    while rest.len() > WIDTH {
        let cut = rest[..WIDTH].iter().rposition(|c| *c == ' ').filter(|at| *at > WIDTH / 2).unwrap_or(WIDTH);
        let more = rest.split_off(cut);
        pieces.push(rest.into_iter().collect());
        rest = "  ".chars().chain(more.into_iter().skip_while(|c| *c == ' ')).collect();
    }
    pieces.push(rest.into_iter().collect());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_beside_each_other_and_long_ones_go_on_below() {
        let long = format!("* {} end", "word ".repeat(12).trim_end());
        insta::assert_snapshot!(of(("old", &long), ("new", "a\nb")), @r#"
    old                                                        | new
    ---------------------------------------------------------- | ----------------------------------------------------------
    * word word word word word word word word word word word   | a
      word end                                                 | b
    "#);
    }
}
