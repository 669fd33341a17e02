//! The post: events waiting to be delivered, in order, and the log of what was delivered and answered. Sending is not done here.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::Value;

use super::{Model, Refusal};

/// An event as the wire layer words it.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) event: String,
    pub(crate) action: Option<String>,
    pub(crate) installation: Option<u64>,
    pub(crate) project: Option<u64>,
    pub(crate) payload: Value,
}

/// What became of one attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryFate {
    /// Not sent yet.
    Waiting,
    /// Lost on purpose: never sent.
    Lost,
    /// The receiver answered with this status.
    Answered(u16),
    /// Nobody answered.
    Unreachable,
}

#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    pub(crate) guid: String,
    pub(crate) at: Timestamp,
    pub(crate) is_redelivery: bool,
    pub(crate) message: Message,
    pub(crate) fate: DeliveryFate,
}

impl Delivery {
    pub(crate) fn body(&self) -> Vec<u8> {
        serde_json::to_vec(&self.message.payload).expect("a JSON value can be written")
    }

    pub(crate) fn is_ok(&self) -> bool {
        matches!(self.fate, DeliveryFate::Answered(200..=299))
    }
}

/// Every attempt ever made or waiting, and how the next ones shall break.
#[derive(Debug, Default)]
pub(crate) struct Post {
    pub(crate) log: Vec<Delivery>,
    pub(crate) waiting: VecDeque<u64>,
    pub(crate) lose_next: u32,
    pub(crate) double_next: u32,
}

impl Post {
    pub(crate) fn find(&self, id: u64) -> Result<&Delivery, Refusal> {
        self.log.iter().find(|delivery| delivery.id == id).ok_or(Refusal::NotFound)
    }
}

impl Model {
    /// Queues a message: lost, once or twice, as the faults say.
    pub(crate) fn enqueue(&mut self, message: Message) {
        if self.app.unheard.contains(&message.event) {
            return;
        }
        let serial = self.next_id();
        let guid = guid(serial);
        if self.post.lose_next > 0 {
            self.post.lose_next -= 1;
            let id = self.attempt(guid, message, Attempt::First);
            self.post.waiting.retain(|waiting| *waiting != id);
            self.settle(id, DeliveryFate::Lost);
            return;
        }
        self.attempt(guid.clone(), message.clone(), Attempt::First);
        if self.post.double_next > 0 {
            self.post.double_next -= 1;
            self.attempt(guid, message, Attempt::Again);
        }
    }

    /// The same delivery once more, under the same GUID.
    pub(crate) fn redeliver(&mut self, id: u64) -> Result<u64, Refusal> {
        let Delivery { guid, message, .. } = self.post.find(id)?.clone();
        Ok(self.attempt(guid, message, Attempt::Again))
    }

    fn attempt(&mut self, guid: String, message: Message, attempt: Attempt) -> u64 {
        let (id, at) = (self.next_id(), self.now());
        let is_redelivery = attempt == Attempt::Again;
        self.post.log.push(Delivery { id, guid, at, is_redelivery, message, fate: DeliveryFate::Waiting });
        self.post.waiting.push_back(id);
        id
    }

    /// Takes the delivery that is next; it must be settled.
    pub(crate) fn take_delivery(&mut self) -> Option<Delivery> {
        let id = self.post.waiting.pop_front()?;
        let now = self.now();
        let delivery = self.post.log.iter_mut().find(|delivery| delivery.id == id)?;
        delivery.at = now;
        Some(delivery.clone())
    }

    pub(crate) fn settle(&mut self, id: u64, fate: DeliveryFate) {
        if let Some(delivery) = self.post.log.iter_mut().find(|delivery| delivery.id == id) {
            delivery.fate = fate;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    First,
    Again,
}

/// A UUID of a number.
pub(crate) fn guid(serial: u64) -> String {
    let digits = super::git::object_id("delivery", &serial.to_be_bytes());
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..32]].join("-")
}
