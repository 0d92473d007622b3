/**
 * ports/program/launch: starts a program in a process group of its own, and ends that group.
 *
 * Never through a shell: the arguments are handed over as they are. What a program has started
 * itself ends with it. When the node's own program exits, its programs are killed; when that one
 * is killed with SIGKILL nobody is left to do so, and a program sees its input end.
 * Limit: a program that leaves its group is out of reach.
 *
 * @source POSIX setsid, kill; Node.js "Child process", detached
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { describeThrown, requireOption, TroupeError } from '#contract'

/** Where and how a program is started. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string | undefined
  readonly env: Readonly<Record<string, string>>
}

/** A program with its three pipes. */
export interface Launched {
  readonly child: ChildProcess & { readonly pid: number }
  /** Ends it and all it has started, at once. */
  killGroup(signal: NodeJS.Signals): void
}

const hasGroups = process.platform !== 'win32'
const running = new Set<Launched>()

const killAll = (): void => {
  for (const launched of running) launched.killGroup('SIGKILL')
}

/**
 * Starts a program; settles when it runs.
 *
 * Rejects with PROGRAM_NOT_FOUND, PROGRAM_FAILED, or OPTION_INVALID for a folder that is none.
 */
export async function launch({ command, args, cwd, env }: Launch): Promise<Launched> {
  if (cwd !== undefined) await requireFolder(cwd)
  const found = await findCommand(command, cwd, env)
  const launched = await begun(command, () =>
    spawn(found, args, {
      // What it is called by, not where that was found: some programs look at their name.
      argv0: command,
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: hasGroups,
      shell: false,
      windowsHide: true,
    }),
  )
  if (running.size === 0) process.on('exit', killAll)
  running.add(launched)
  launched.child.once('exit', () => {
    // What it has left behind goes too, at once: later the number could be another's.
    launched.killGroup('SIGKILL')
    running.delete(launched)
    if (running.size === 0) process.off('exit', killAll)
  })
  return launched
}

function begun(command: string, start: () => ChildProcess): Promise<Launched> {
  const failed = (thrown: unknown): TroupeError =>
    codeOf(thrown) === 'ENOENT'
      ? new TroupeError('PROGRAM_NOT_FOUND', { command }, thrown)
      : new TroupeError('PROGRAM_FAILED', { command, problem: describeThrown(thrown) }, thrown)
  return new Promise((settle, reject) => {
    try {
      const child = start()
      child.once('error', (error) => reject(failed(error)))
      child.once('spawn', () => {
        child.on('error', () => {
          // A signal that could not be sent: it has ended meanwhile, which is told elsewhere.
        })
        settle(launchedOf(child as Launched['child']))
      })
    } catch (thrown) {
      reject(failed(thrown))
    }
  })
}

function launchedOf(child: Launched['child']): Launched {
  return {
    child,
    killGroup(signal) {
      try {
        if (hasGroups) process.kill(-child.pid, signal)
        else child.kill(signal)
      } catch {
        // Nobody is left in it.
      }
    },
  }
}

async function requireFolder(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined)
  requireOption(found?.isDirectory() === true, 'cwd', cwd, 'give a folder that is there')
}

/** The file to run: a name is looked for in the PATH of the program, else in that of the node. */
async function findCommand(
  command: string,
  cwd: string | undefined,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  if (!hasGroups) return command
  if (command.includes('/')) return isAbsolute(command) ? command : resolve(cwd ?? '.', command)
  const folders = (env['PATH'] ?? process.env['PATH'] ?? '').split(delimiter)
  for (const folder of folders) {
    const file = join(folder, command)
    const isFile = (await stat(file).catch(() => undefined))?.isFile() === true
    if (isFile && (await isRunnable(file))) return file
  }
  throw new TroupeError('PROGRAM_NOT_FOUND', { command })
}

const isRunnable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

const codeOf = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
