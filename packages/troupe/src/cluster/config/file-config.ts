/**
 * cluster/config/file-config: the configuration of one node out of a file it names.
 *
 * Joins the file, its text and the store, and tells what follows. What is wrong goes to the log
 * and the event once, and the old values stay in force: those of the whole file when it is no
 * JSON, is gone or is too large, that of one entry when it is a bad value.
 */
import { resolve } from 'node:path'
import type { Clock } from '#base/clock'
import {
  type ConfigChange,
  type ConfigHeld,
  type ConfigValue,
  type Logger,
  printable,
  requireOption,
  TroupeError,
} from '#contract'
import { changeConfigText } from './config-change.js'
import { type ConfigEvent, ConfigStore } from './config-store.js'
import { readConfigText } from './config-text.js'
import { CONFIG_LIMITS } from './config-value.js'
import { machineFiles } from './machine-files.js'
import { type ConfigFiles, WatchedFile } from './watched-file.js'

/** What makes the configuration of a node out of a file. */
export interface FileConfigParts {
  /** Full name of the node it is for. */
  readonly node: string
  /** Relative to the working directory, or absolute. */
  readonly path: string
  /** Between two looks at the file that nobody asked for; default 2,000 ms. */
  readonly pollMs?: number | undefined
  readonly clock: Clock
  readonly log: Logger
  /** Takes what is told; `config-updated` is not told of what the first reading finds. */
  tell(event: ConfigEvent): void
  /** Default: those of the machine. */
  readonly files?: ConfigFiles
}

/** Between two looks at a file whose changes nobody tells. */
export const CONFIG_POLL_MS = 2_000
const POLL_MS_LEAST = 10

/** Throws OPTION_INVALID: `configFile` and `configPollMs` as a user gives them. */
export function requireConfigFile(path: string, pollMs: number): void {
  requireOption(
    typeof path === 'string' && path !== '' && !path.includes('\u0000'),
    'configFile',
    typeof path === 'string' ? printable(path, 80) : typeof path,
    'give the path of a file',
  )
  requireOption(
    Number.isFinite(pollMs) && pollMs >= POLL_MS_LEAST,
    'configPollMs',
    pollMs,
    `give milliseconds, ${POLL_MS_LEAST} or more`,
  )
}

export class FileConfig {
  readonly #parts: FileConfigParts
  readonly #path: string
  readonly #store: ConfigStore
  readonly #file: WatchedFile
  /** Changes of this node are made one after the other. */
  #changing: Promise<unknown> = Promise.resolve()
  #refused = 0
  #started = false

  /** Throws OPTION_INVALID. */
  constructor(parts: FileConfigParts) {
    const { node, path, pollMs = CONFIG_POLL_MS, clock, files = machineFiles } = parts
    requireConfigFile(path, pollMs)
    this.#parts = parts
    this.#path = resolve(path)
    this.#store = new ConfigStore(node)
    this.#file = new WatchedFile({
      ...{ path: this.#path, pollMs, clock, files },
      take: (text) => this.#take(text),
      absent: () => this.#say('the configuration file is not there; it is read when it comes'),
      fault: (problem) => this.#invalid('', `${this.#path}: ${problem}`),
      mended: () => this.#say('the configuration file is well again'),
    })
  }

  /** Settles when the file was read once. A file that is not there yet may come later. */
  async start(): Promise<void> {
    await this.#file.start()
    this.#started = true
  }

  /** The values that hold for the node: of the items named, or all; missing ones are left out. */
  config(items?: readonly string[]): Readonly<Record<string, ConfigValue>> {
    return this.#store.values(items)
  }

  held(): Iterable<ConfigHeld> {
    return this.#store.held()
  }

  /** Writes an entry; true when there was one before. Rejects with CONFIG_FIXED. */
  change(change: ConfigChange): Promise<boolean> {
    const changed = this.#changing.then(() => this.#change(change))
    this.#changing = changed.catch(() => {})
    return changed
  }

  async #change(change: ConfigChange): Promise<boolean> {
    const { files = machineFiles } = this.#parts
    let wasThere = false
    const make = (text = '{}'): string | undefined => {
      const changed = changeConfigText(text, change)
      if (changed.kind === 'fault') throw fixed(`${this.#path}: ${changed.problem}`)
      wasThere = changed.wasThere
      return change.value === undefined && !wasThere ? undefined : changed.text
    }
    const { fileBytesMax } = CONFIG_LIMITS
    const problem = await files.replace(this.#path, fileBytesMax, make)
    if (problem !== undefined) throw fixed(problem)
    this.#file.written()
    return wasThere
  }

  /** What could not be read since the start, by code. */
  refused(): Readonly<Record<string, number>> {
    return this.#refused === 0 ? {} : { CONFIG_INVALID: this.#refused }
  }

  stop(): void {
    this.#file.stop()
  }

  #take(text: string): string | undefined {
    const read = readConfigText(text)
    if (read.kind === 'fault') return read.problem
    for (const event of this.#store.replace(read.entries)) {
      if (event.kind === 'config-invalid') this.#invalid(event.item, event.problem)
      else if (this.#started) this.#parts.tell(event)
    }
    return undefined
  }

  #invalid(item: string, problem: string): void {
    this.#refused += 1
    this.#parts.tell({ kind: 'config-invalid', item, problem })
    this.#parts.log.warning('the configuration cannot be read; the old values go on', {
      ...{ code: 'CONFIG_INVALID', file: this.#path, item, problem },
    })
  }

  #say(what: string): void {
    this.#parts.log.info(what, { file: this.#path })
  }
}

const fixed = (problem: string): TroupeError => new TroupeError('CONFIG_FIXED', { problem })
