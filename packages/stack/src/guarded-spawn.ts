import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'

/** Ends the process of that pid, also one that is stopped: it is asked to end, and 15 s later it is killed if it has not. */
const ending = 'kill -TERM $PID; kill -CONT $PID; i=0; while kill -0 $PID && [ $i -lt 15 ]; do sleep 1; i=$((i+1)); done; kill -KILL $PID'

/**
 * The shell that becomes the program. Before it does, it leaves a guard behind that reads our end of a pipe: when this process is
 * gone, however it went, the read ends, and the guard asks the program to stop, and ends it 15 s later if it has not.
 * `$$` stays the shell's pid, which is the program's after `exec`.
 */
const guardedProgram = `exec 3<&0
PID=$$
{ cat <&3; ${ending}; } >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`

/**
 * Starts a program that cannot outlive this process, even when this process is killed with SIGKILL. Its output goes to `outputFile`,
 * its pid is the child's. It leads a process group of its own, so that Ctrl-C in a terminal reaches only us.
 */
export function spawnGuarded(command: string, args: readonly string[], outputFile: string): ChildProcess {
  const output = openSync(outputFile, 'w')
  try {
    const child = spawn('/bin/sh', ['-c', guardedProgram, 'sh', command, ...args], { stdio: ['pipe', output, output], detached: true })
    child.once('exit', () => endGroup(child))
    return child
  } finally {
    closeSync(output)
  }
}

/** Sees to it that a child that runs already does not outlive this process, as `spawnGuarded` does, and goes itself when the child has ended. */
export function guard(child: ChildProcess): void {
  const watcher = spawn('/bin/sh', ['-c', `PID=${child.pid}; cat; ${ending}`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  watcher.unref()
  ;(watcher.stdin as Socket).unref()
  watcher.stdin.on('error', () => {})
  child.once('exit', () => endGroup(watcher))
}

/** Ends whatever is left of a process group: the guard, whose work is done. */
function endGroup(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    // The group is gone already.
  }
}
