/**
 * test/plain-sender: a program that sends packets at a steady rate and counts what it sent.
 *
 * `node plain-sender.js PORT RATE SECONDS VEHICLES`: Node's own socket and packets of its own, so
 * that its count is not that of the judged code. Prints { sent, failed } as its last line; 0
 * seconds: until it gets a SIGTERM.
 */
import { createSocket } from 'node:dgram'
import { rawPacket } from '#test/raw-packet'

const [port = 0, rate = 0, seconds = 0, vehicles = 1] = process.argv.slice(2).map(Number)
const BURST = 16

const socket = createSocket('udp4')
const packets = Array.from({ length: vehicles }, (_, i) =>
  rawPacket(`sender-${i}`, ((i * 37) % 179) - 89, ((i * 59) % 359) - 179),
)
let [asked, sent, failed, isOver] = [0, 0, 0, false]
const startedMs = performance.now()

function finish(): void {
  if (sent + failed < asked) return void setImmediate(finish)
  process.stdout.write(`${JSON.stringify({ sent, failed })}\n`)
  socket.close()
}

function send(): void {
  const packet = packets[asked % packets.length]
  asked += 1
  socket.send(packet ?? '', port, '127.0.0.1', (error) => {
    if (error instanceof Error) failed += 1
    else sent += 1
  })
}

function turn(): void {
  const elapsedMs = performance.now() - startedMs
  if (isOver || (seconds > 0 && elapsedMs >= seconds * 1_000)) {
    finish()
    return
  }
  const due = Math.floor((elapsedMs * rate) / 1_000) - asked
  for (let i = 0; i < Math.min(due, BURST); i += 1) send()
  if (due > BURST) setImmediate(turn)
  else setTimeout(turn, 1)
}

process.once('SIGTERM', () => {
  isOver = true
})
turn()
