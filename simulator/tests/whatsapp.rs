//! The simulated Cloud API over real HTTP: an independent client sends to it, and a webhook of
//! the test hears what it tells.

#[path = "whatsapp/stage.rs"]
mod stage;

use std::time::Duration;

use axum::body::Bytes;
use serde_json::{Value, json};
use simulator::whatsapp::VerifyError;
use simulator::whatsapp::content::Content;
use simulator::whatsapp::event::{FileKind, Said};
use simulator::whatsapp::faults::{
    Faults, Order, Refusals, Requests, Statuses, Times, Timestamps, Token,
};
use simulator::whatsapp::pace::Limits;
use simulator::whatsapp::user::{
    Identity, Membership, Offers, Profile, Reads, Shows, State as Ticks,
};
use stage::{Stage, Webhook, buttons, list, rows, text, to_siti, with};

#[tokio::test]
async fn a_conversation_goes_both_ways() {
    let stage = Stage::new().await;
    let mut siti = stage.siti();
    let id = siti.write("Halo");
    let message = stage.webhook.wait("messages", 1).await.remove(0);
    assert_eq!((&message["id"], &message["from"]), (&json!(id), &json!("6281290000001")));
    assert_eq!(message["text"]["body"], "Halo");
    assert_eq!(message["from_user_id"], siti.user_id());

    let read = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": { "type": "text" } });
    assert_eq!(stage.post(read).await, (200, json!({ "success": true })));
    assert!(siti.is_typing());
    assert_eq!(siti.messages()[0].state, Ticks::Read);

    let sent = stage.taken(buttons(&[("a", "Daftar"), ("b", "Status")])).await;
    assert!(!siti.is_typing());
    let bubble = siti.wait_for_message().await.unwrap();
    assert_eq!((bubble.id.as_str(), bubble.content.words()), (sent.as_str(), "Pilih:"));
    let statuses = stage.webhook.wait("statuses", 3).await;
    let words: Vec<_> = statuses.iter().map(|status| status["status"].as_str().unwrap()).collect();
    assert_eq!(words, ["sent", "delivered", "read"]);
    assert!(statuses.iter().all(|status| status["id"] == *sent));

    siti.tap("Status").unwrap();
    let tapped = stage.webhook.wait("messages", 2).await.remove(1);
    assert_eq!(tapped["interactive"]["button_reply"], json!({ "id": "b", "title": "Status" }));
    assert_eq!(tapped["context"]["id"], *sent);
    assert!(siti.tap("Tidak ada").is_err());

    stage.taken(list("Buka", rows(10))).await;
    siti.wait_for_message().await.unwrap();
    siti.choose("Baris 7").unwrap();
    let chosen = stage.webhook.wait("messages", 3).await.remove(2);
    assert_eq!(chosen["interactive"]["list_reply"]["id"], "r7");
    assert_eq!(stage.cloud.refused(), []);
    stage.cloud.stop().await;
}

#[tokio::test]
async fn every_limit_is_refused_by_its_code() {
    let stage = Stage::new().await;
    stage.siti().write("Halo");
    let long = |count| json!("x".repeat(count));
    let row = |name: &str, value: Value| {
        with(
            list("Buka", vec![json!({ "id": "1", "title": "Satu", "description": "Dua" })]),
            &format!("/interactive/action/sections/0/rows/0/{name}"),
            value,
        )
    };
    let reply = |name: &str, value: Value| {
        with(
            buttons(&[("1", "Satu")]),
            &format!("/interactive/action/buttons/0/reply/{name}"),
            value,
        )
    };
    let headed = |part: &str, value: Value| {
        let mut message = buttons(&[("1", "Satu")]);
        message["interactive"][part] = value;
        message
    };
    let twice = vec![json!({ "id": "1", "title": "Satu" }), json!({ "id": "1", "title": "Dua" })];
    let alike = vec![json!({ "id": "1", "title": "Satu" }), json!({ "id": "2", "title": "Satu" })];
    let two_sections = with(
        list("Buka", rows(1)),
        "/interactive/action/sections",
        json!([{ "rows": rows(6), "title": "A" }, { "rows": [], "title": "B" }]),
    );
    let section = |count: usize| {
        with(
            list("Buka", rows(1)),
            "/interactive/action/sections",
            json!([{ "rows": rows(1), "title": "x".repeat(count) }]),
        )
    };
    let refused = [
        (text(&"x".repeat(4097)), 100),
        (text(" "), 100),
        (with(buttons(&[("1", "Satu")]), "/interactive/body/text", long(1025)), 131_009),
        (buttons(&[("1", "A"), ("2", "B"), ("3", "C"), ("4", "D")]), 131_009),
        (buttons(&[]), 131_009),
        (reply("title", long(21)), 131_009),
        (reply("id", long(257)), 131_009),
        (buttons(&[("1", "Satu"), ("1", "Dua")]), 131_009),
        (buttons(&[("1", "Satu"), ("2", "Satu")]), 131_009),
        (list("Buka", rows(11)), 131_009),
        (list("Buka", vec![]), 131_009),
        (list("Buka", twice), 131_009),
        (list("Buka", alike), 131_009),
        (two_sections, 131_009),
        (section(25), 131_009),
        (with(list("Buka", rows(1)), "/interactive/action/button", long(21)), 131_009),
        (row("title", long(25)), 131_009),
        (row("description", long(73)), 131_009),
        (row("id", long(201)), 131_009),
        (headed("header", json!({ "type": "text", "text": "x".repeat(61) })), 131_009),
        (headed("footer", json!({ "text": "x".repeat(61) })), 131_009),
        (to_siti("document", json!({ "id": "1", "caption": "x".repeat(1025) })), 100),
        (to_siti("document", json!({ "id": "1" })), 131_053),
        (to_siti("hologram", json!({})), 131_051),
        (to_siti("text", json!({})), 131_008),
        (to_siti("template", json!({ "name": "kode", "language": { "code": "en" } })), 132_001),
        (to_siti("template", json!({ "name": "kode", "language": { "code": "id" } })), 132_000),
        (with(text("Halo"), "/to", json!("Siti")), 100),
        (json!({ "to": "6281290000001", "type": "text", "text": { "body": "x" } }), 100),
        (
            json!({ "messaging_product": "whatsapp", "type": "text", "text": { "body": "x" } }),
            131_008,
        ),
    ];
    for (at, (message, code)) in refused.iter().enumerate() {
        assert_eq!(stage.code(message.clone()).await, *code, "row {at}");
    }
    assert_eq!(stage.cloud.broken_rules().len(), refused.len());
    assert_eq!(stage.siti().messages().len(), 1);
    let taken = [
        text(&"x".repeat(4096)),
        with(buttons(&[("1", "Satu")]), "/interactive/body/text", long(1024)),
        buttons(&[("1", "A"), ("2", "B"), ("3", "C")]),
        reply("title", json!("é".repeat(20))),
        reply("id", long(256)),
        row("title", long(24)),
        row("description", long(72)),
        row("id", long(200)),
        section(24),
        with(list("Buka", rows(1)), "/interactive/action/button", long(20)),
        headed("header", json!({ "type": "text", "text": "x".repeat(60) })),
        headed("footer", json!({ "text": "x".repeat(60) })),
    ];
    for message in taken {
        stage.taken(message).await;
    }
}

#[tokio::test]
async fn nothing_is_taken_faster_than_allowed() {
    let limits = Limits { per_second: 5, pair_every_ms: 6000, pair_burst: 3 };
    let stage = Stage::with(limits).await;
    stage.siti().write("Halo");
    for _ in 0..3 {
        stage.taken(text("cepat")).await;
    }
    assert_eq!(stage.code(text("cepat")).await, 131_056);
    stage.cloud.advance(Duration::from_secs(6));
    stage.taken(text("pelan")).await;
    assert_eq!(stage.code(text("pelan")).await, 131_056);
    stage.cloud.advance(Duration::from_secs(60));
    // Also to users who do not exist: what counts is what is sent.
    let nobody = with(text("Halo"), "/to", json!("6281299999999"));
    for _ in 0..5 {
        stage.taken(nobody.clone()).await;
    }
    assert_eq!(stage.code(nobody).await, 130_429);
}

#[tokio::test]
async fn who_cannot_be_reached_fails_later_or_at_once() {
    let stage = Stage::new().await;
    let siti = stage.siti();
    let template = |name: &str, values: &[&str]| {
        let values: Vec<_> =
            values.iter().map(|value| json!({ "type": "text", "text": value })).collect();
        let components = json!([{ "type": "body", "parameters": values }]);
        to_siti(
            "template",
            json!({ "name": name, "language": { "code": "id" }, "components": components }),
        )
    };
    // Before the user ever wrote, and more than a day after.
    let id = stage.taken(text("Halo")).await;
    let failed = stage.webhook.wait("statuses", 1).await.remove(0);
    assert_eq!((&failed["id"], &failed["status"]), (&json!(id), &json!("failed")));
    assert_eq!(failed["errors"][0]["code"], 131_047);
    stage.cloud.set_faults(Faults { refusals: Refusals::AtOnce, ..Faults::default() });
    siti.write("Halo");
    stage.taken(text("Halo")).await;
    stage.cloud.advance(Duration::from_secs(24 * 3600));
    assert_eq!(stage.code(text("Halo")).await, 131_047);
    stage.taken(template("pengingat", &["Siti", "besok"])).await;
    assert_eq!(siti.messages().last().unwrap().content.words(), "Halo Siti, giliran Anda besok.");
    assert_eq!(stage.code(template("pengingat", &["Siti", "be\nsok"])).await, 132_012);

    let profile = Profile::default();
    siti.set_profile(Profile { offers: Offers::Refused, ..profile });
    assert_eq!(stage.code(template("promo", &[])).await, 131_050);
    siti.set_profile(Profile { offers: Offers::HeldBack, ..profile });
    assert_eq!(stage.code(template("promo", &[])).await, 131_049);
    siti.set_profile(Profile { membership: Membership::Gone, ..profile });
    assert_eq!(stage.code(template("kode", &["1"])).await, 131_026);
    siti.set_profile(Profile { identity: Identity::Changed, ..profile });
    assert_eq!(stage.code(template("kode", &["1"])).await, 137_000);
    siti.write("Ini saya");
    stage.taken(template("kode", &["1"])).await;
    let mut known = text("Halo");
    known["recipient_identity_key_hash"] = json!("lama");
    assert_eq!(stage.code(known).await, 137_000);
}

#[tokio::test]
async fn a_user_may_have_no_number() {
    let stage = Stage::new().await;
    let siti = stage.siti();
    siti.set_profile(Profile {
        shows: Shows::UserId,
        reads: Reads::Secretly,
        ..Profile::default()
    });
    siti.write("Halo");
    let message = stage.webhook.wait("messages", 1).await.remove(0);
    assert_eq!(message.get("from"), None);
    let contact = &stage.webhook.bodies()[0]["entry"][0]["changes"][0]["value"]["contacts"][0];
    assert_eq!((contact.get("wa_id"), &contact["profile"]["name"]), (None, &json!("Siti")));
    let recipient = &message["from_user_id"];
    assert!(recipient.as_str().unwrap().starts_with("ID.1349"));
    let to = |kind: &str, content: Value| json!({ "messaging_product": "whatsapp", "recipient": recipient, "type": kind, kind: content });
    stage.taken(to("text", json!({ "body": "Halo juga" }))).await;
    assert_eq!(siti.messages().last().unwrap().content.words(), "Halo juga");
    let statuses = stage.webhook.wait("statuses", 2).await;
    assert_eq!(statuses[1]["status"], "delivered");
    assert_eq!(
        (statuses[0].get("recipient_id"), &statuses[0]["recipient_user_id"]),
        (None, recipient)
    );
    let body = json!([{ "type": "body", "parameters": [{ "type": "text", "text": "123456" }] }]);
    let code = json!({ "name": "kode", "language": { "code": "id" }, "components": body });
    assert_eq!(stage.code(to("template", code)).await, 131_062);
}

#[tokio::test]
async fn a_document_is_uploaded_sent_opened_and_grows_old() {
    let stage = Stage::new().await;
    let mut siti = stage.siti();
    siti.write("Halo");
    let answer = stage.upload("application/pdf", b"%PDF-1.7 kartu").await;
    let id = answer["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    let document =
        to_siti("document", json!({ "id": id, "filename": "kartu.pdf", "caption": "Kartu Anda" }));
    stage.taken(document.clone()).await;
    let bubble = siti.wait_for_message().await.unwrap();
    assert!(
        matches!(&bubble.content, Content::Document { filename, .. } if filename == "kartu.pdf")
    );
    assert_eq!(&siti.document(&bubble).unwrap().octets[..], b"%PDF-1.7 kartu");

    let about = stage.client.get(format!("{}/v23.0/{id}", stage.cloud.api())).bearer_auth("kunci");
    let about: Value = about.send().await.unwrap().json().await.unwrap();
    let file = stage.client.get(about["url"].as_str().unwrap());
    assert_eq!(file.try_clone().unwrap().send().await.unwrap().status(), 401);
    let octets = file.bearer_auth("kunci").send().await.unwrap().bytes().await.unwrap();
    assert_eq!((octets.len(), &about["file_size"]), (14, &json!(14)));

    assert_eq!(stage.upload("text/html", b"<b>").await["error"]["code"], 100);
    assert_eq!(stage.upload("application/pdf", b"").await["error"]["code"], 131_053);
    stage.cloud.advance(Duration::from_secs(30 * 24 * 3600));
    siti.write("Masih ada?");
    assert_eq!(stage.code(document).await, 131_053);
}

#[tokio::test]
async fn everything_that_people_send_has_its_event() {
    let stage = Stage::new().await;
    let siti = stage.siti();
    let first = siti.write("Halo");
    let octets = || Bytes::from_static(b"isi");
    for kind in
        [FileKind::Image, FileKind::Document, FileKind::Audio, FileKind::Video, FileKind::Sticker]
    {
        siti.send_file(kind, "berkas", octets(), "");
    }
    let said = [
        Said::Location(-6.2, 106.8, "Jakarta".to_owned()),
        Said::Contact("Budi".to_owned(), "+62 812".to_owned()),
        Said::NumberChanged("6281290000009".to_owned()),
        Said::Reaction("👍".to_owned(), first),
        Said::TemplateButton("Ya".to_owned(), "ya".to_owned()),
        Said::Unsupported,
        Said::Unheard,
    ];
    said.iter().for_each(|said| {
        siti.say(said);
    });
    let messages = stage.webhook.wait("messages", 13).await;
    let kinds: Vec<_> = messages.iter().map(|message| message["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "text",
            "image",
            "document",
            "audio",
            "video",
            "sticker",
            "location",
            "contacts",
            "system",
            "reaction",
            "button",
            "unsupported",
            "hologram"
        ]
    );
    for message in &messages[..11] {
        assert!(message.get(message["type"].as_str().unwrap()).is_some(), "{message}");
    }
    assert_eq!(messages[11]["errors"][0]["code"], 131_051);
    // The gateway can fetch what was sent.
    let id = messages[2]["document"]["id"].as_str().unwrap();
    let file = stage.client.get(format!("{}/files/{id}", stage.cloud.api())).bearer_auth("kunci");
    assert_eq!(file.send().await.unwrap().bytes().await.unwrap(), octets());
}

#[tokio::test]
async fn an_event_comes_again_until_it_is_acknowledged_or_a_week_old() {
    let stage = Stage::new().await;
    let siti = stage.siti();
    stage.webhook.answers.lock().unwrap().extend([500, 302, 204]);
    siti.write("Halo");
    let messages = stage.webhook.wait("messages", 4).await;
    assert!(messages.iter().all(|message| message == &messages[0]));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(stage.webhook.all("messages").len(), 4);
    let figures = stage.cloud.figures();
    assert_eq!((figures.acknowledged, figures.unacknowledged, figures.waiting), (1, 3, 0));

    stage.webhook.answers.lock().unwrap().extend([500; 200]);
    siti.write("Masih?");
    stage.webhook.wait("messages", 6).await;
    stage.cloud.advance(Duration::from_secs(7 * 24 * 3600));
    for _ in 0..500 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if stage.cloud.figures().given_up == 1 {
            return;
        }
    }
    panic!("nothing was given up");
}

#[tokio::test]
async fn what_goes_wrong_by_accident_goes_wrong_on_demand() {
    let stage = Stage::new().await;
    let mut siti = stage.siti();
    siti.write("Halo");
    stage.webhook.wait("messages", 1).await;
    let faults = Faults::default();
    let codes = [
        (Faults { token: Token::Expired, ..faults }, 190),
        (Faults { requests: Requests::Failing, ..faults }, 131_000),
        (Faults { requests: Requests::Unavailable, ..faults }, 131_016),
    ];
    for (fault, code) in codes {
        stage.cloud.set_faults(fault);
        assert_eq!(stage.code(text("Halo")).await, code);
    }
    assert_eq!((siti.messages().len(), stage.cloud.broken_rules().len()), (1, 0));

    // Taken, and the sender cannot know.
    stage.cloud.set_faults(Faults { requests: Requests::CutAfter, ..faults });
    let url = format!("{}/v23.0/42/messages", stage.cloud.api());
    let cut = stage.client.post(url).bearer_auth("kunci").json(&text("Putus")).send().await;
    assert!(match cut {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    });
    assert_eq!(siti.wait_for_message().await.unwrap().content.words(), "Putus");

    stage.cloud.set_faults(Faults {
        events: Times::Twice,
        order: Order::Mixed,
        statuses: Statuses::Failures,
        timestamps: Timestamps::Milliseconds,
        ..faults
    });
    let before = stage.webhook.all("messages").len();
    let ids: Vec<_> = (0..10).map(|at| siti.write(&at.to_string())).collect();
    let messages = stage.webhook.wait("messages", before + 20).await.split_off(before);
    for id in &ids {
        assert_eq!(messages.iter().filter(|message| message["id"] == **id).count(), 2);
    }
    assert!(messages.iter().all(|message| message["timestamp"].as_str().unwrap().len() == 13));

    stage.cloud.set_faults(Faults { together: 10, ..faults });
    let before = stage.webhook.bodies().len();
    for at in 0..10 {
        siti.write(&at.to_string());
    }
    for _ in 0..500 {
        let bodies = stage.webhook.bodies().split_off(before);
        if let Some(body) = bodies.last() {
            let value = &body["entry"][0]["changes"][0]["value"];
            assert_eq!(value["messages"].as_array().unwrap().len(), 10);
            assert_eq!(value["contacts"].as_array().unwrap().len(), 1);
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("they did not come");
}

#[tokio::test]
async fn only_who_belongs_together_talks() {
    let stage = Stage::new().await;
    let webhook = Webhook::default();
    let address = webhook.clone().start().await;
    let url = format!("http://{address}/whatsapp");
    *webhook.challenge.lock().unwrap() = Some("lain".to_owned());
    assert_eq!(stage.cloud.subscribe(&url).await, Err(VerifyError::Challenge));
    let elsewhere = format!("http://{address}/lain");
    assert_eq!(stage.cloud.subscribe(&elsewhere).await, Err(VerifyError::Status(404)));
    assert_eq!(stage.cloud.subscribe("http://127.0.0.1:1/").await, Err(VerifyError::Unreachable));

    let api = stage.cloud.api();
    let rows = [
        (format!("{api}/v23.0/42/messages"), "salah", 401),
        (format!("{api}/v23.0/43/messages"), "kunci", 400),
        (format!("{api}/23/42/messages"), "kunci", 400),
        (format!("{api}/"), "kunci", 400),
    ];
    for (url, token, status) in rows {
        let request = stage.client.post(&url).bearer_auth(token).json(&text("Halo"));
        assert_eq!(request.send().await.unwrap().status(), status, "{url}");
    }
}
