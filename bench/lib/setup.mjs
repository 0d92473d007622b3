/**
 * bench/setup: brings a peer into being: looks, announces, installs, builds.
 *
 * Each function answers undefined when the peer can run, otherwise the sentence that says what is
 * missing and which command brings it. Nothing is installed under `--no-install`.
 */
import { spawnSync } from 'node:child_process'

/** True when a program of this name is on the path. */
export function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0
}

/** Runs a command that is quick and local; the reason when it fails. */
export function attempt(what, [program, ...args], cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (status === 0) return undefined
  const told = `${stderr ?? ''}${stdout ?? ''}${error?.message ?? ''}`.trim().split('\n')
  return `${what} failed: ${told.slice(-2).join(' | ')}`
}

attempt.output = ([program, ...args], cwd) =>
  spawnSync(program, args, { cwd, encoding: 'utf8' }).stdout ?? ''

/** Runs a command that fetches something, with a line before and after it. */
export function install({ mayInstall, say }, need, command, cwd) {
  if (!mayInstall) return `declined by --no-install; to install: ${need}`
  const isApt = command[0] === 'apt-get'
  if (isApt && (!has('apt-get') || process.getuid?.() !== 0)) return `missing; as root: ${need}`
  say(`installing: ${need}`)
  if (isApt) attempt('apt-get update', ['apt-get', 'update'], cwd)
  const failure = attempt(need, command, cwd)
  say(failure ?? `installed: ${need}`)
  return failure
}
