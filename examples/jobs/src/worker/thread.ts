/**
 * worker/thread: the program of a thread that does one task after the other.
 *
 * Loads nothing of Troupe, so that it starts quickly and its memory is that of the work.
 */
import { parentPort } from 'node:worker_threads'
import { TaskRun } from './task-run.js'
import type { ToThread } from './thread-words.js'

let current: { readonly run: number; readonly task: TaskRun } | undefined

parentPort?.on('message', (word: ToThread) => {
  if (word.kind === 'page') {
    if (current?.run === word.run) current.task.page(word.page)
    return
  }
  const task = new TaskRun(word.run, word.task, (told) => parentPort?.postMessage(told))
  current = { run: word.run, task }
  task.begin()
})
