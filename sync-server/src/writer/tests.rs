//! Groups, a full queue, and the end of the thread.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use rand_core::SeedableRng as _;
use tokio::runtime::Builder;

use super::*;

fn started() -> (Writer, WriterThread, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::default());
    let (writer, thread) = start(
        Engine::in_memory().unwrap(),
        Clock::by_hand(Timestamp::from_millis(1)).0,
        ChaCha20Rng::seed_from_u64(1),
        Arc::clone(&metrics),
        Duration::from_secs(20),
    )
    .unwrap();
    (writer, thread, metrics)
}

/// Keeps the writer busy until the sender is dropped. Nothing else is in its group.
fn held(writer: &Writer) -> std::sync::mpsc::Sender<()> {
    let (begin, begun) = std::sync::mpsc::channel();
    let (hold, held) = std::sync::mpsc::channel();
    let wait: Errand = Box::new(move |_, _, _| {
        begin.send(()).unwrap();
        held.recv().unwrap_or(());
    });
    writer.send(Work::Errand(wait)).unwrap();
    begun.recv().unwrap();
    hold
}

fn runtime() -> tokio::runtime::Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn what_waits_together_shares_a_commit_and_the_rest_comes_later() {
    let (writer, thread, metrics) = started();
    let hold = held(&writer);
    let answers = runtime().block_on(async {
        let asking: Vec<_> = (0..QUEUE_MAX + 20)
            .map(|_| {
                let writer = writer.clone();
                tokio::spawn(async move { writer.sync(b"no request".to_vec()).await })
            })
            .collect();
        // Each turn of this task lets some of the others ask.
        for _ in 0..QUEUE_MAX {
            tokio::task::yield_now().await;
        }
        drop(hold);
        let mut answers = Vec::new();
        for answer in asking {
            answers.push(answer.await.unwrap().unwrap_err().code);
        }
        writer.stop().await;
        answers
    });
    let count = |code| answers.iter().filter(|answer| **answer == code).count();
    assert_eq!(count(Refused::Malformed), QUEUE_MAX);
    assert_eq!(count(Refused::Later), 20);
    let text = metrics.render();
    assert!(
        text.contains("jangkau_group_requests_bucket{le=\"1\"} 0"),
        "{text}"
    );
    assert!(thread.join().is_some());
}

#[test]
fn stopping_answers_what_waits_and_takes_no_more() {
    let (writer, thread, _) = started();
    let hold = held(&writer);
    runtime().block_on(async {
        let waiting = writer.run(|_, now, _| now);
        let ending = async {
            writer.stop().await;
            drop(hold);
        };
        let (answer, ()) = tokio::join!(waiting, ending);
        assert_eq!(answer, Ok(Timestamp::from_millis(1)));
    });
    assert!(thread.join().is_some());
    let refused = runtime().block_on(writer.run(|_, now, _| now));
    assert_eq!(refused, Err(Unavailable::Stopping));
}
