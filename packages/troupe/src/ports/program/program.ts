/**
 * ports/program/program: an external program as a process.
 *
 * Its output becomes messages, messages become its input, its exit becomes the end of the
 * process, so that a supervisor restarts it. It is read no faster than its reader takes it.
 * Limits: `writeQueueBytesMax`, the limits of its lines, `stopTimeoutMs`.
 *
 * @source ergo-features 13 (Port); OTP "Ports and Port Drivers"
 */
import {
  type Address,
  custom,
  type Down,
  type NoReply,
  type Pid,
  type ProcessContext,
  requireOption,
  type Spawnable,
  TroupeError,
} from '#contract'
import { definePort } from '#ports/definition'
import { Delivery } from '#ports/delivery'
import { stopWith } from '#ports/ending'
import { readerOf } from '#ports/readers'
import { keeping } from '#ports/release'
import { Seat } from '#ports/seat'
import { encodeChunk } from '#ports/tcp/chunking'
import { answerWrite, refuseMessage, writeRefused } from '#ports/writing'
import { ProgramInput } from './input.js'
import { type Launched, launch } from './launch.js'
import {
  Program,
  type ProgramAnyReader,
  type ProgramCounters,
  type ProgramEnd,
  type ProgramEnded,
} from './message.js'
import {
  type CompleteProgram,
  completeProgram,
  environmentOf,
  type ProgramOptions,
} from './options.js'
import { type OutputEnd, ProgramOutput } from './output.js'

/** How a program has ended for the operating system. */
interface Exited {
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
}

/** After it was killed, or has ended, its last output and word may take so long, milliseconds. */
const LAST_MS = 1_000

const ENDS: Readonly<Partial<Record<OutputEnd, ProgramEnd>>> = Object.freeze({
  refused: 'reader-gone',
  'chunk-too-large': 'output-too-large',
  'chunk-invalid': 'output-invalid',
})

class State {
  readonly #context: ProcessContext
  readonly #options: CompleteProgram
  readonly #launched: Launched
  readonly #seat: Seat<ProgramAnyReader>
  readonly #delivery: Delivery<ProgramAnyReader>
  readonly #input: ProgramInput
  readonly #output: ProgramOutput
  readonly #errors: ProgramOutput
  readonly #exited: Promise<Exited>
  /** Settles when all output was handed on, or will not be. */
  readonly #drained: Promise<unknown>
  #end: ProgramEnd | undefined
  #status: Exited | undefined

  constructor(context: ProcessContext, options: CompleteProgram, launched: Launched) {
    const { child } = launched
    this.#context = context
    this.#options = options
    this.#launched = launched
    const reader = readerOf(options.reader as Address<ProgramAnyReader>, context.parent)
    this.#seat = new Seat(reader, context, options.readerTimeoutMs)
    this.#delivery = new Delivery(context, this.#seat, {
      message: 'started',
      payload: (again) => ({ ...this.#note(), osPid: child.pid as number, again }),
    })
    const { stdin, stdout, stderr } = child
    requireOption(stdin !== null && stdout !== null && stderr !== null, 'stdio', null, 'pipes')
    this.#input = new ProgramInput(stdin as NonNullable<typeof stdin>, options.writeQueueBytesMax)
    this.#output = new ProgramOutput(stdout as NonNullable<typeof stdout>, options.chunking)
    this.#errors = new ProgramOutput(stderr as NonNullable<typeof stderr>, options.errorChunking)
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#status = { exitCode: code ?? undefined, signal: signal ?? undefined }
        resolve(this.#status)
      })
    })
    this.#seat.enter(() => void this.#greet())
    void this.#greet()
    this.#drained = Promise.all([this.#pumpOutput(), this.#pumpErrors()])
    void Promise.all([this.#exited, this.#drained]).then(([exited]) => this.#ended(exited))
  }

  counters(): ProgramCounters {
    return {
      outputs: this.#output.pieces,
      outputBytes: this.#output.bytes,
      errorLines: this.#errors.pieces,
      errorBytes: this.#errors.bytes,
      undeliveredBytes: this.#undeliveredBytes(),
      inputBytes: this.#input.takenBytes,
      queuedBytes: this.#input.queuedBytes,
      refusedBytes: this.#input.refusedBytes,
    }
  }

  inspect(): Readonly<Record<string, unknown>> {
    const { command, args, tag } = this.#options
    return { command, args, tag, osPid: this.#launched.child.pid, ...this.counters() }
  }

  left({ target }: Down): void {
    this.#seat.left(target)
  }

  send(given: unknown): unknown {
    try {
      const bytes = this.#framed('send', given)
      const wasOpen = this.#input.isOpen
      // Into an input that the program has closed nothing can be written; the bytes are counted.
      if (!this.#input.write(bytes) && wasOpen) this.#fail('input-stuck')
      return undefined
    } catch (refused) {
      return refuseMessage(this.#context, refused)
    }
  }

  write(given: unknown): NoReply {
    return answerWrite(this.#context, (replier) => {
      const bytes = this.#framed('write', given)
      const { length } = bytes
      const isQueued = this.#input.write(bytes, (isTaken) => {
        if (isTaken) replier.reply(length)
        else replier.reject(this.#writeRefused(length))
      })
      if (!isQueued) replier.reject(this.#writeRefused(length))
    })
  }

  endInput(): void {
    this.#input.end()
  }

  signal(signal: NodeJS.Signals): unknown {
    try {
      return void this.#launched.child.kill(signal)
    } catch (thrown) {
      const problem = `no such signal: ${String(signal)}`
      const refused = new TroupeError('MESSAGE_INVALID', { message: 'signal', problem }, thrown)
      return this.#context.refuse('message-refused', refused)
    }
  }

  /** Asks the program to end, kills it when it does not, and tells the reader last. */
  async terminate(): Promise<void> {
    const { stopTimeoutMs } = this.#options
    if (this.#isRunning()) {
      this.#end ??= 'stopped'
      this.#input.end()
      this.#launched.killGroup('SIGTERM')
      await Promise.race([this.#exited, this.#context.sleep(stopTimeoutMs)])
      if (this.#isRunning()) this.#launched.killGroup('SIGKILL')
    }
    await Promise.race([this.#exited, this.#context.sleep(LAST_MS)])
    await Promise.race([this.#drained, this.#context.sleep(LAST_MS)])
    const told = this.#delivery.last('ended', this.#last())
    await Promise.race([told, this.#context.sleep(LAST_MS)])
    this.release()
  }

  /** Ends it at once; what a killed process needs. */
  release(): void {
    const { child, killGroup } = this.#launched
    if (this.#isRunning()) killGroup('SIGKILL')
    for (const stream of child.stdio) stream?.destroy()
  }

  /** Its number may be another's once it has exited. */
  #isRunning(): boolean {
    return this.#status === undefined
  }

  async #greet(): Promise<void> {
    const seated = await this.#delivery.greet().catch(() => undefined)
    if (seated === undefined) this.#fail('reader-gone')
  }

  #pumpOutput(): Promise<void> {
    const { isText } = this.#options
    return this.#pump(this.#output, (bytes) =>
      isText
        ? this.#delivery.handOn('line', { ...this.#note(), text: textOf(bytes) })
        : this.#delivery.handOn('data', { ...this.#note(), bytes }),
    )
  }

  #pumpErrors(): Promise<void> {
    return this.#pump(this.#errors, (bytes) =>
      this.#delivery.handOn('errorLine', { ...this.#note(), text: textOf(bytes) }),
    )
  }

  async #pump(output: ProgramOutput, take: (bytes: Uint8Array) => Promise<boolean>): Promise<void> {
    // Rejected by a context that was revoked: the process was killed a moment ago.
    const end = await output.pump(take).catch((): OutputEnd => 'refused')
    const failed = ENDS[end]
    if (failed !== undefined) this.#fail(failed)
  }

  /** The program is at fault, or nobody reads it: the process ends, and the program with it. */
  #fail(end: ProgramEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    stopWith(this.#context, custom(end, this.#told()))
  }

  /** It has exited, and all it has written was handed on. */
  #ended({ exitCode, signal }: Exited): void {
    if (this.#end !== undefined) return
    this.#end = exitCode === 0 ? 'program-done' : 'program-failed'
    if (signal !== undefined) this.#end = 'program-signalled'
    const told = { ...this.#told(), exitCode, signal }
    stopWith(this.#context, exitCode === 0 ? 'normal' : custom(this.#end, told))
  }

  #told(): Readonly<Record<string, unknown>> {
    const { command, tag } = this.#options
    return { command, tag }
  }

  #note() {
    const program = this.#context.self as Pid<typeof Program>
    return { program, tag: this.#options.tag }
  }

  #last(): ProgramEnded {
    const { exitCode, signal } = this.#status ?? { exitCode: undefined, signal: undefined }
    const undeliveredBytes = this.#undeliveredBytes()
    return { ...this.#note(), end: this.#end ?? 'stopped', exitCode, signal, undeliveredBytes }
  }

  #undeliveredBytes(): number {
    return this.#output.undeliveredBytes + this.#errors.undeliveredBytes
  }

  #framed(message: string, given: unknown): Uint8Array {
    const isText = typeof given === 'string'
    if (!isText && !(given instanceof Uint8Array)) {
      const problem = 'give text or a Uint8Array'
      throw new TroupeError('MESSAGE_INVALID', { message, problem })
    }
    const bytes = isText ? Buffer.from(given) : given
    const { framing, chunking } = this.#options
    return framing === 'both' ? encodeChunk(chunking, bytes) : bytes
  }

  #writeRefused(length: number): TroupeError {
    const problem = this.#input.isOpen ? 'too much waits to be read' : 'its input is closed'
    return writeRefused(this.#context, length, problem)
  }
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

async function init(context: ProcessContext, args: readonly unknown[]): Promise<State> {
  const options = completeProgram(args[0] as ProgramOptions)
  const { command, args: given, cwd } = options
  readerOf(options.reader as Address, context.parent)
  const keep = keeping(context)
  const env = environmentOf(options, process.env, (name) => context.env(name))
  const launched = await launch({ command, args: given, cwd, env })
  // Kept before its state is made, which may fail.
  let release = (): void => launched.killGroup('SIGKILL')
  keep({ release: () => release() })
  const state = new State(context, options, launched)
  release = () => state.release()
  return state
}

/**
 * An external program as a process. Its one argument says what to run and who reads.
 *
 * Ends `normal` with exit code 0, with a custom reason (`program-failed`, `program-signalled`, …)
 * otherwise. Its spawn rejects with INIT_FAILED whose cause is PROGRAM_NOT_FOUND, PROGRAM_FAILED
 * or OPTION_INVALID. A line above its limit, or an input that is not read, ends it.
 *
 * @example
 * await node.spawn(programPort, {
 *   args: [{ command: 'sort', args: ['-n'], reader: 'sorted' }],
 * })
 * @source OTP open_port/2; ergo-features 13 (Port)
 */
export const programPort: Spawnable<typeof Program, [options: ProgramOptions]> = definePort({
  name: 'program',
  protocol: Program,
  messages: new Map<string, (state: State, given: unknown) => unknown>([
    ['send', (state, given) => state.send(given)],
    ['endInput', (state) => state.endInput()],
    ['signal', (state, given) => state.signal(given as NodeJS.Signals)],
  ]),
  requests: new Map<string, (state: State, given: unknown) => unknown>([
    ['write', (state, given) => state.write(given)],
    ['counters', (state) => state.counters()],
  ]),
  // Its own limits bound the stop: `stopTimeoutMs`, and a second each for what follows.
  options: Object.freeze({ terminateTimeoutMs: Number.POSITIVE_INFINITY }),
  init,
  terminate: (state) => state.terminate(),
  handleDown: (state, down) => state.left(down),
  inspect: (state) => state.inspect(),
})
