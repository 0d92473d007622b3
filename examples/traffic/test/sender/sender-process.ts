/**
 * test/sender-process: runs the plain sender beside the system, or the load generator.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PLAIN = fileURLToPath(new URL('./plain-sender.js', import.meta.url))

export interface Flow {
  readonly port: number
  readonly rate: number
  /** 0: until it is told to stop. */
  readonly seconds: number
  readonly vehicles: number
}

export interface SenderCount {
  readonly sent: number
  readonly failed: number
}

/** Sends from a process of its own; `ended` is what that process has counted. */
export function startSender({ port, rate, seconds, vehicles }: Flow) {
  const words = [port, rate, seconds, vehicles].map(String)
  const child = spawn(process.execPath, [PLAIN, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  return { stop: () => child.kill('SIGTERM'), ended: countOf(child) }
}

async function countOf(child: ChildProcess): Promise<SenderCount> {
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (more) => {
    text += more
  })
  await once(child, 'close')
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as SenderCount
}
