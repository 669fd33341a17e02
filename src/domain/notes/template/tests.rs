//! Tests of templates: what they may do, and what comes out of it as Markdown. Nothing else.

use super::*;
use crate::domain::notes::tests::plan;
use crate::domain::say::plain::{Plain, markdown};

fn check(source: &str, expected: &str) {
    let template = Template::parse(source).unwrap_or_else(|fault| panic!("{fault:?}"));
    let text = template.render(&plan(), Text::line(["The default.".into()])).unwrap();
    assert_eq!(markdown(&text, &Plain).trim_end(), expected, "{source}");
}

fn refused(source: &str, line: Option<usize>, said: &str) {
    let fault = Template::parse(source).unwrap_err();
    assert_eq!(fault.line, line, "{fault:?}");
    assert!(fault.said.contains(said), "{fault:?}");
}

#[test]
fn a_template_writes_around_the_default() {
    check("# {{ tag }}\n\n{{ notes }}\n\n*Thanks.*\n", "# v1.5.0\n\nThe default.\n\n*Thanks.*");
    check(
        "{% if previous %}Since {{ previous }}: {{ full_list }}{% endif %}",
        "Since v1.4.2: Full list: v1.4.2...v1.5.0",
    );
}

#[test]
fn a_template_goes_through_sections_and_entries() {
    let source = "\
{% for section in sections %}
## {{ section.title }}
{% for entry in section.entries %}
* {% if entry.breaking %}**!** {% endif %}{{ entry.title }} {{ entry.link }}{% for author in entry.authors %} {{ author }}{% endfor %}

{% endfor %}
{% endfor %}
";
    let template = Template::parse(source).unwrap();
    let text = template.render(&plan(), Text::default()).unwrap();
    let shown = markdown(&text, &Plain);
    assert!(shown.contains("## Features\n* Sign in with passkeys #12 `ana`\n"), "{shown}");
    assert!(shown.contains("* **!** Calendar: `@bob's` \\<b\\>zone\\</b\\> #9 `bob`"), "{shown}");
}

#[test]
fn s22f_no_template_lets_what_people_wrote_out_unescaped() {
    for inner in [
        "{{ e.title }}",
        "{{ e.title|upper }}",
        "{{ [e.title, '<i>']|join(' ') }}",
        "{{ '<b>' ~ e.title }}",
        "{{ e.title ~ e.link }}",
        "{% filter lower %}{{ e.title }}{% endfilter %}",
        "{% autoescape false %}{{ e.title }}{% endautoescape %}",
        "{% autoescape true %}{{ [e.title]|join('<i>') }}{% endautoescape %}",
        "{% set x %}<!-- {{ e.title }} -->{% endset %}{{ x }}{{ x|title }}{{ x|replace('x', 'y') }}",
    ] {
        let source =
            format!("{{% for s in sections %}}{{% for e in s.entries %}}{inner}{{% endfor %}}{{% endfor %}}");
        let template = Template::parse(&source).unwrap_or_else(|fault| panic!("{inner}: {fault:?}"));
        let mut plan = plan();
        plan.sections.truncate(1);
        plan.sections[0].entries[0].title = "Call @bob\u{e002} <b>x</b> <!-- \u{e000}0\u{e001}".to_owned();
        let text = template.render(&plan, Text::line(["SECRET".into()])).unwrap();
        let shown = markdown(&text, &Plain).to_lowercase().replace("\\<", "");
        assert!(["<b>", "<i>", "<!--", "secret"].iter().all(|bad| !shown.contains(bad)), "{inner}: {shown}");
        assert!(shown.contains("call `@bob"), "{inner}: {shown}");
    }
}

#[test]
fn a_template_that_cannot_work_is_refused_with_its_line() {
    refused("a\n{{ nothing }}", Some(2), "undefined");
    refused("{% for x in sections %}", Some(1), "syntax error");
    refused("a\n\n{{ sections[0].titel }}", Some(3), "undefined");
    refused("{{ version|safe }}", Some(1), "filter");
    refused("{{ sections }}", Some(1), "cannot be printed");
    refused(
        "{% for a in 'x' * 500 %}{% for b in 'x' * 500 %}{% for c in 'x' * 500 %}{% endfor %}{% endfor %}{% endfor %}",
        Some(1),
        "steps",
    );
    refused("\u{e000}", None, "private use");
    refused(&"x".repeat(LONGEST + 1), None, "longer");
    // What a first release does not have is none, and not nothing.
    refused("{{ previous.nothing }}", Some(1), "");
}
