//! A link that loses, doubles and cuts: what a phone has between the basement and the office.

use std::sync::Mutex;
use std::time::Duration;

use butler_core::butler::{Transport, TransportError};
use butler_core::sync::message::CONTENT_TYPE;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// HTTP to a running office, with faults drawn from a seed.
pub struct Link {
    agent: ureq::Agent,
    url: String,
    faults: Option<Mutex<Faults>>,
}

struct Faults {
    dice: ChaCha8Rng,
    /// Requests left until the line goes dead for the rest of this sync.
    until_cut: u32,
}

/// What came back.
pub struct Answered {
    /// The frame.
    pub frame: Vec<u8>,
    /// How long the office worked on it, if it says so.
    pub worked: Option<Duration>,
}

/// What one exchange meets.
enum Fate {
    Delivered,
    RequestLost,
    ReplyLost,
    Doubled,
    Cut,
}

impl Link {
    /// A link to `http://127.0.0.1:PORT`; with a seed it is a bad one.
    pub fn new(url: &str, faults: Option<u64>) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .build();
        let faults = faults.map(|seed| {
            let mut dice = ChaCha8Rng::seed_from_u64(seed);
            let until_cut = 12 + dice.next_u32() % 20;
            Mutex::new(Faults { dice, until_cut })
        });
        Self { agent: config.into(), url: format!("{url}/v1/frame"), faults }
    }

    fn draw(&self) -> Fate {
        let Some(faults) = &self.faults else { return Fate::Delivered };
        let mut faults = faults.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if faults.until_cut == 0 {
            return Fate::Cut;
        }
        faults.until_cut -= 1;
        match faults.dice.next_u32() % 100 {
            0..10 => Fate::RequestLost,
            10..20 => Fate::ReplyLost,
            20..35 => Fate::Doubled,
            _ => Fate::Delivered,
        }
    }

    /// One exchange without faults.
    ///
    /// # Errors
    /// When there is no answer, or none of the office.
    pub fn send(&self, frame: &[u8]) -> Result<Answered, TransportError> {
        let answer = self.agent.post(&self.url).content_type(CONTENT_TYPE).send(frame);
        let mut answer = answer.map_err(|_| TransportError::Unreachable)?;
        if answer.headers().get("content-type").is_none_or(|what| what != CONTENT_TYPE) {
            return Err(TransportError::Status { status: answer.status().as_u16() });
        }
        let timing = answer.headers().get("server-timing").and_then(|timing| timing.to_str().ok());
        let worked = timing.and_then(|timing| {
            let millis = timing.split(", ").find_map(|part| part.strip_prefix("work;dur="))?;
            Duration::try_from_secs_f64(millis.parse::<f64>().ok()? / 1e3).ok()
        });
        let bytes = answer.body_mut().with_config().limit(4 << 20).read_to_vec();
        Ok(Answered { frame: bytes.map_err(|_| TransportError::Unreachable)?, worked })
    }
}

impl Transport for Link {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        match self.draw() {
            Fate::Delivered => Ok(self.send(frame)?.frame),
            Fate::RequestLost | Fate::Cut => Err(TransportError::Unreachable),
            Fate::ReplyLost => {
                self.send(frame)?;
                Err(TransportError::TimedOut)
            }
            Fate::Doubled => {
                self.send(frame)?;
                Ok(self.send(frame)?.frame)
            }
        }
    }
}
