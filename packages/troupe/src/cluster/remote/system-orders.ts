/**
 * cluster/remote/system-orders: what another node may have done here, where that is allowed.
 *
 * Each order names what it does in `do`. Denied unless the option `system.manage` of the node
 * names the one that asks; every order is written into the audit, with its outcome.
 *
 * @source ergo-features 28 (actions)
 */
import type {
  ApplicationChangeOptions,
  ApplicationMode,
  ConfigChange,
  ConfigValue,
  ExitReason,
  LogThreshold,
  Pid,
  SamplerText,
} from '#contract'

/** Something to do at a node, and for whom: `by` stands in its audit. */
export type SystemOrder = SystemDeed & { readonly by?: string }

/** What there is to do. */
type SystemDeed =
  | {
      readonly do: 'send'
      readonly to: Pid | string
      readonly message: string
      readonly payload?: unknown
    }
  | {
      readonly do: 'call'
      readonly to: Pid | string
      readonly request: string
      readonly payload?: unknown
      /** Default 5,000, at most 60,000. */
      readonly timeoutMs?: number
    }
  | { readonly do: 'exit'; readonly pid: Pid; readonly reason?: ExitReason }
  | { readonly do: 'kill'; readonly pid: Pid }
  /** Of one process, or of the node. */
  | { readonly do: 'log-level'; readonly pid?: Pid; readonly level: LogThreshold }
  /** Of one sink of the log. */
  | { readonly do: 'log-sink-level'; readonly sink: string; readonly level: LogThreshold }
  | {
      readonly do: 'application-start'
      readonly name: string
      readonly mode?: ApplicationMode
    }
  /** With `force` its processes are killed. */
  | {
      readonly do: 'application-stop'
      readonly name: string
      readonly timeoutMs?: number
      readonly force?: boolean
    }
  /** Forgets one that does not run. */
  | { readonly do: 'application-unload'; readonly name: string }
  /** Weight and tags; weight 0 drains it. */
  | ({ readonly do: 'application-change'; readonly name: string } & ApplicationChangeOptions)
  /** Begins to drain the node, which stops when that is done; answered as soon as it begins. */
  | { readonly do: 'drain'; readonly deadlineMs?: number }
  | { readonly do: 'connect' | 'disconnect'; readonly node: string }
  /** Which traces are begun: by the node, an application, or a process by its printed pid. */
  | {
      readonly do: 'sampler'
      readonly scope: 'node' | 'application' | 'process'
      readonly of?: string | Pid
      /** `none` takes that of an application or a process away. */
      readonly sampler: SamplerText | 'none'
    }
  /** A value of the node's environment, for what is spawned from now on; undefined deletes. */
  | { readonly do: 'env'; readonly key: string; readonly value?: unknown }
  /** Writes an entry of the configuration for all whom it is for; answers whether it was there. */
  | ({ readonly do: 'config-put' } & ConfigChange & { readonly value: ConfigValue })
  | ({ readonly do: 'config-delete' } & Omit<ConfigChange, 'value'>)
  /** Whoever leads `clusterId` here does so no longer; answers whether it did. */
  | { readonly do: 'leader-step-down'; readonly clusterId: string }
  | { readonly do: 'cron-enable' | 'cron-disable'; readonly name: string }

/** What an order has led to: the answer of a `call`, else undefined. */
export interface OrderOutcome {
  readonly value: unknown
}
