/**
 * contract/side-thread: the thread beside the loop of a node, which a busy loop cannot stop.
 *
 * It answers whether the node lives; other services may run there, each a module of its own that
 * exports `startService`. It holds no process and no strict claim.
 *
 * @source design 5 (a busy event loop is not a dead node)
 */

/** One service as the node sees it. */
export interface SideService {
  /** Hands a message to the service; structured clone. */
  post(message: unknown): void
  /** Ends the service alone; settles when it has ended. */
  stop(): Promise<void>
}

/** What a service is told, and whom it tells, on the side of the node. */
export interface SideTaker {
  /** A message of the service. */
  received(message: unknown): void
  /** The thread ended by itself and has begun anew: the service was started again from `data`. */
  restarted(): void
  /** The thread was ended for good, as when the network of the node is stopped. */
  ended(): void
}

/** The thread as what wants to run there sees it. */
export interface SideThread {
  /**
   * Loads `module` in the thread and calls its `startService(port, data)`. Settles when that is
   * done; rejects with what it threw, in words, as PORT_FAILED.
   */
  start(module: URL, data: unknown, taker: SideTaker): Promise<SideService>
}

/** The end of a service within the thread. */
export interface SidePort {
  post(message: unknown): void
  /** Names who takes what the node posts; what came before waits. Called once. */
  received(taker: (message: unknown) => void): void
  /** How late the loop of the node is, in milliseconds. */
  loopDelayMs(): number
}

/** What the module of a service exports as `startService`; gives what ends it. */
export type StartService = (
  port: SidePort,
  data: never,
) => Promise<() => Promise<void>> | (() => Promise<void>)
