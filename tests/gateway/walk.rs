//! A conversation file, walked step by step by whoever has a phone.

use std::{collections::VecDeque, path::Path};

use setara::menu::story::{Act, Session, Step, Story, Witness};
use simulator::{
    operator::Operator,
    phone::{Phone, PhoneError, Screen},
};

/// What is left of a story with one phone in it.
pub struct Walk {
    number: String,
    steps: VecDeque<Step>,
    witness: Witness,
}

impl Walk {
    /// A story of `tests/stories`, from its beginning.
    pub fn of(story: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
        let text = std::fs::read_to_string(folder.join(story).with_extension("story"));
        let story = Story::parse(&text.expect("a story")).expect("a story");
        let mut steps = VecDeque::from(story.steps);
        let Some(Step { act: Act::Phone(number), .. }) = steps.pop_front() else {
            panic!("a story begins with `phone`");
        };
        Self { number, steps, witness: Witness::default() }
    }

    /// The phone of the story.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The phone of the story on a network.
    pub async fn phone(&self, network: &Operator) -> Phone {
        Phone::new(network, self.number.parse().expect("a number")).await.expect("a phone")
    }

    /// What to do next.
    pub fn next(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// Holds a screen against what a step expects.
    pub fn look(&mut self, step: &Step, text: &str, session: Session) {
        if let Some(wrong) = self.witness.look(step, text, session) {
            panic!("{wrong}");
        }
    }

    /// Takes some steps.
    pub async fn on(&mut self, phone: &mut Phone, steps: usize) {
        for _ in 0..steps {
            let step = self.next().expect("the story goes on");
            let screen = act(phone, &step.act).await;
            self.saw(&step, screen);
        }
    }

    /// Takes all steps that are left.
    pub async fn through(&mut self, phone: &mut Phone) {
        self.on(phone, self.steps.len()).await;
    }

    /// A step that was taken elsewhere.
    pub fn saw(&mut self, step: &Step, screen: Option<Result<Screen, PhoneError>>) {
        match screen {
            None => {}
            Some(Ok(Screen { text, open })) => {
                self.look(step, &text, if open { Session::Open } else { Session::Closed });
            }
            Some(Err(error)) => panic!("line {}: {error}", step.line),
        }
    }
}

/// Does with a phone what a step says.
pub async fn act(phone: &mut Phone, act: &Act) -> Option<Result<Screen, PhoneError>> {
    match act {
        Act::Dial(string) => Some(phone.dial(string).await),
        Act::Type(answer) => Some(phone.answer(answer).await),
        Act::HangUp => phone.hang_up().await.map(|()| None).transpose(),
        Act::LoseSignal => phone.drop_signal().await.map(|()| None).transpose(),
        Act::Cut => phone.network_abort().await.map(|()| None).transpose(),
        Act::Phone(_)
        | Act::Text(_)
        | Act::Again
        | Act::Restart
        | Act::Close(_)
        | Act::Open(_)
        | Act::Silent(_) => {
            panic!("not in a walk: {act:?}")
        }
    }
}
