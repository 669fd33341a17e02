//! Where a promotion is shown: one panel, edited in place, and a new comment only when something began, failed or ended. What they say is `say`'s.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::draft::Draft;
use super::model::Promotion;
use super::step::Step;
use super::view::{Ending, View, view};
use crate::domain::decision::{Past, PastPromotion};
use crate::domain::effect::{Effect, Subject};
use crate::domain::event::Recorded;
use crate::domain::id::PromotionId;
use crate::domain::place::Thread;
use crate::domain::say::{self, Text};

/// Draws each open promotion whose panel would say something else than it does. `None`: facts are missing.
pub fn draw_all(draft: &mut Draft<'_>) -> Option<()> {
    let open: Vec<Promotion> = draft.state().promotions.values().cloned().collect();
    let views: Vec<Option<View>> = open.iter().map(|promotion| view(draft, promotion)).collect();
    for view in views.into_iter().collect::<Option<Vec<_>>>()? {
        draw(draft, &view);
    }
    Some(())
}

fn draw(draft: &mut Draft<'_>, view: &View) {
    let promotion = &view.promotion;
    let Some(home) = promotion.panel.home else { return };
    let content = content(view);
    if content == promotion.panel.content {
        return;
    }
    let (name, drawing) = (promotion.name(), promotion.panel.drawn + 1);
    draft.record(Step::PanelDrawn { name, drawing, content });
    show(draft, name.promotion, drawing, (home, say::promotion::panel(view)));
}

fn show(draft: &mut Draft<'_>, id: PromotionId, drawing: u32, (thread, text): (Thread, Text)) {
    let effect = Effect::Comment { thread, answers: None, text };
    draft.order(purpose(id, drawing), Subject(format!("{id}:panel")), effect);
}

/// What a drawing's order is for.
pub fn purpose(id: PromotionId, drawing: u32) -> String {
    format!("{id}:panel:{drawing}")
}

/// A hash of what a panel says, without the moment: only what changed is drawn again.
fn content(view: &View) -> String {
    let timeless = View { now: Timestamp::UNIX_EPOCH, ..view.clone() };
    let json = serde_json::to_vec(&say::promotion::panel(&timeless)).expect("a text has only text keys");
    hex::encode(&Sha256::digest(json)[..8])
}

/// Says something in a comment of its own, once per `what`. `None`: facts are missing.
pub fn tell(draft: &mut Draft<'_>, id: PromotionId, what: &str, text: impl Fn(&View) -> Text) -> Option<()> {
    let Some(promotion) = draft.state().promotions.get(&id).cloned() else { return Some(()) };
    let view = view(draft, &promotion)?;
    say_at_home(draft, &view, what, text(&view));
    Some(())
}

fn say_at_home(draft: &mut Draft<'_>, view: &View, what: &str, text: Text) {
    let id = view.promotion.id();
    if let Some(thread) = view.promotion.panel.home {
        let effect = Effect::Comment { thread, answers: None, text };
        draft.order(format_args!("{id}:{what}"), Subject(format!("{id}:{what}")), effect);
    }
}

/// Ends a promotion: on record, on its panel, and in a comment of its own. `None`: facts are missing.
pub fn end(draft: &mut Draft<'_>, promotion: &Promotion, ending: &Ending) -> Option<()> {
    let view = close(draft, promotion, ending)?;
    say_ended(draft, &view, ending);
    Some(())
}

/// Says in a comment of its own that a promotion is over.
pub fn say_ended(draft: &mut Draft<'_>, view: &View, ending: &Ending) {
    say_at_home(draft, view, "ended", say::promotion::ended(view, ending));
}

/// Ends a promotion on record and on its panel; it is told of elsewhere, or later. `None`: facts are missing.
pub fn close(draft: &mut Draft<'_>, promotion: &Promotion, ending: &Ending) -> Option<View> {
    let view = view(draft, promotion)?;
    let step = Step::PromotionEnded { promotion: promotion.id(), how: ending.how() };
    let said = ending.said();
    let texts = [("login", said.login), ("reason", said.reason)];
    let signed = texts.into_iter().filter_map(|(name, text)| Some((name, text?)));
    let ended = draft.next_row();
    draft.record(signed.fold(Recorded::from(step), |row, (name, text)| row.with_text(name, text)));
    draft.close(Past::Promoted(Box::new(PastPromotion::of(promotion, ending.how(), ended))));
    if let Some(home) = promotion.panel.home {
        let text = say::promotion::closed_panel(&view, ending);
        show(draft, promotion.id(), promotion.panel.drawn + 1, (home, text));
    }
    Some(view)
}
