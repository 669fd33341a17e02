//! Delivering by explicit steps, so that a test decides the order: take an envelope and settle it by hand, or let it be sent.
//! Nothing is sent in the background: a demonstration calls [`World::deliver_all`] from a task of its own.

use std::time::Duration;

use serde_json::Value;

use super::World;
use super::model::DeliveryFate;

/// A delivery as it goes over the wire.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The number of this attempt.
    pub id: u64,
    /// The headers, in lower case.
    pub headers: Vec<(String, String)>,
    /// The bytes that were signed.
    pub body: Vec<u8>,
}

/// One attempt of the delivery log.
#[derive(Debug, Clone)]
pub struct DeliveryRecord {
    /// The number of this attempt.
    pub id: u64,
    /// The delivery's GUID; a redelivery keeps it.
    pub guid: String,
    /// The event's name.
    pub event: String,
    /// The action, where the event has one.
    pub action: Option<String>,
    /// What was sent.
    pub payload: Value,
    /// What the receiver answered.
    pub fate: DeliveryFate,
}

impl World {
    /// Takes the next waiting delivery; the caller hands it over and says with [`World::settle`] what was answered.
    pub fn take_delivery(&self) -> Option<Envelope> {
        let mut model = self.look();
        let delivery = model.take_delivery()?;
        Some(self.wire().envelope(&model, &delivery))
    }

    /// What the receiver answered to a taken delivery.
    pub fn settle(&self, id: u64, fate: DeliveryFate) {
        self.look().settle(id, fate);
    }

    /// Sends the next waiting delivery to a URL; its log entry, or `None` if nothing waits.
    pub async fn deliver_next(&self, url: &str) -> Option<DeliveryRecord> {
        let envelope = self.take_delivery()?;
        let id = envelope.id;
        let fate = send(url, envelope).await;
        self.settle(id, fate);
        self.deliveries().into_iter().find(|delivery| delivery.id == id)
    }

    /// Sends all that waits, in order, also what comes in meanwhile; how many.
    pub async fn deliver_all(&self, url: &str) -> usize {
        let mut sent = 0;
        while self.deliver_next(url).await.is_some() {
            sent += 1;
        }
        sent
    }

    /// How many deliveries wait.
    pub fn waiting_deliveries(&self) -> usize {
        self.look().post.waiting.len()
    }

    /// Every attempt, in order.
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        let model = self.look();
        let log = model.post.log.iter().map(|delivery| DeliveryRecord {
            id: delivery.id,
            guid: delivery.guid.clone(),
            event: delivery.message.event.clone(),
            action: delivery.message.action.clone(),
            payload: delivery.message.payload.clone(),
            fate: delivery.fate.clone(),
        });
        log.collect()
    }

    /// The next `count` deliveries are never sent; they stand in the log and may be asked for again.
    pub fn lose_next_deliveries(&self, count: u32) {
        self.look().post.lose_next = count;
    }

    /// The next `count` deliveries are sent twice, under one GUID.
    pub fn double_next_deliveries(&self, count: u32) {
        self.look().post.double_next = count;
    }

    /// What waits now is sent last first.
    pub fn reverse_deliveries(&self) {
        self.look().post.waiting.make_contiguous().reverse();
    }

    /// What waits now is sent from the `by`-th on and then the ones before.
    pub fn rotate_deliveries(&self, by: usize) {
        let mut model = self.look();
        let length = model.post.waiting.len().max(1);
        model.post.waiting.rotate_left(by % length);
    }

    /// Sends an attempt of the log once more, as a person does in the app's settings. Panics on a number that is not in the log.
    pub fn redeliver(&self, id: u64) {
        self.look().redeliver(id).expect("the log holds the delivery");
    }
}

/// Ten seconds is how long the forge waits for an answer.
async fn send(url: &str, envelope: Envelope) -> DeliveryFate {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build();
    let Ok(client) = client else { return DeliveryFate::Unreachable };
    let mut request = client.post(url).body(envelope.body);
    for (name, value) in envelope.headers {
        request = request.header(name, value);
    }
    match request.send().await {
        Ok(response) => DeliveryFate::Answered(response.status().as_u16()),
        Err(_) => DeliveryFate::Unreachable,
    }
}
