import Foundation
import JangkauFFI

/// One person's open vault: `vault` is all that it offers, and here is what Swift's concurrency makes of it. What a call says is saved is
/// on the disk when it returns; a task that is cancelled while it waits changes nothing about that.
public final class OpenVault: Sendable {
    public let vault: Vault
    private let inboxes = Inboxes()

    init(_ vault: Vault) throws {
        self.vault = vault
        try vault.observe(observer: inboxes)
    }

    deinit {
        try? vault.stopObserving()
    }

    /// What changes from now on. A slow reader gets one change that stands for all that it missed.
    public var changes: AsyncStream<VaultChange> {
        let inbox = inboxes.open()
        return AsyncStream { await inbox.take() }
    }

    /// What `read` gives, now and again after each change that `about` holds of.
    public func live<Screen: Sendable>(
        about: @escaping @Sendable (VaultChange) -> Bool = { $0.isAboutScreens },
        _ read: @escaping @Sendable (Vault) async throws -> Screen
    ) -> AsyncThrowingStream<Screen, any Error> {
        let (inbox, vault) = (inboxes.open(), vault)
        return AsyncThrowingStream {
            if inbox.isFirst() { return try await read(vault) }
            while let change = await inbox.take() {
                if about(change) { return try await read(vault) }
            }
            return nil
        }
    }

    /// Exchanges with the server until nothing is left to say, or the budget is used up. Cancelling the task stops the request under way.
    @discardableResult
    public func sync(budget: TimeInterval? = nil) async throws -> SyncOutcome {
        let run = try vault.startSync(budgetMs: budget.map { UInt64($0 * 1_000) })
        return try await withTaskCancellationHandler { try await run.finished() } onCancel: { run.cancel() }
    }

    /// The cases of a list, asked page by page as they are read.
    public func cases(_ ask: ListAsk, language: Language) -> AsyncThrowingStream<ListLine, any Error> {
        let pages = Pages { [vault] from in
            let page = try await vault.list(ask: ask, from: from, language: language)
            return (page.lines, page.next)
        }
        return AsyncThrowingStream { try await pages.next() }
    }
}

extension VaultChange {
    /// Whether a screen may show something else now; how far an exchange has come is not on screens of cases.
    public var isAboutScreens: Bool { everything || !cases.isEmpty }

    /// Whether a case's screens may show something else now.
    public func isAbout(_ caseId: String) -> Bool { everything || cases.contains { $0.caseId == caseId } }

    /// This change and a later one as one.
    func with(_ later: VaultChange) -> VaultChange {
        var kinds: [String: [ChangeKind]] = [:]
        for change in cases + later.cases {
            kinds[change.caseId, default: []] += change.kinds.filter { !kinds[change.caseId, default: []].contains($0) }
        }
        return VaultChange(
            cases: kinds.map { CaseChange(caseId: $0.key, kinds: $0.value) },
            everything: everything || later.everything,
            sync: later.sync ?? sync
        )
    }
}

/// Whoever reads changes, told by the library.
private final class Inboxes: VaultObserver, @unchecked Sendable {
    private struct Weak {
        weak var inbox: Inbox?
    }

    private let lock = NSLock()
    private var all: [Weak] = []

    func open() -> Inbox {
        let inbox = Inbox()
        lock.withLock {
            all.removeAll { $0.inbox == nil }
            all.append(Weak(inbox: inbox))
        }
        return inbox
    }

    func changed(change: VaultChange) throws {
        let inboxes = lock.withLock { all.compactMap(\.inbox) }
        inboxes.forEach { $0.put(change) }
    }
}

/// What one reader has not taken yet. Grows with the number of cases, not of changes.
private final class Inbox: @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: VaultChange?
    private var reader: CheckedContinuation<VaultChange?, Never>?
    private var wasRead = false

    func isFirst() -> Bool {
        lock.withLock {
            defer { wasRead = true }
            return !wasRead
        }
    }

    func put(_ change: VaultChange) {
        let reader = lock.withLock {
            if self.reader == nil { waiting = waiting?.with(change) ?? change }
            defer { self.reader = nil }
            return self.reader
        }
        reader?.resume(returning: change)
    }

    /// The next change; nil when the task that waits is cancelled.
    func take() async -> VaultChange? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let isCancelled = Task.isCancelled
                let change = lock.withLock {
                    if waiting == nil, !isCancelled { self.reader = reader }
                    defer { waiting = nil }
                    return waiting
                }
                if change != nil || isCancelled { reader.resume(returning: change) }
            }
        } onCancel: {
            let reader = lock.withLock {
                defer { self.reader = nil }
                return self.reader
            }
            reader?.resume(returning: nil)
        }
    }
}

/// Rows, a page at a time.
private actor Pages<Row: Sendable> {
    private let page: @Sendable (UInt64) async throws -> ([Row], UInt64?)
    private var rows: ArraySlice<Row> = []
    private var from: UInt64? = 0

    init(_ page: @escaping @Sendable (UInt64) async throws -> ([Row], UInt64?)) {
        self.page = page
    }

    func next() async throws -> Row? {
        while rows.isEmpty, let start = from {
            let (read, next) = try await page(start)
            rows = read[...]
            from = next
        }
        return rows.popFirst()
    }
}
