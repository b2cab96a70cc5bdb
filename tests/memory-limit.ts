import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@tickhouse/testkit'
import { onTestFinished } from 'vitest'
import { parse } from 'yaml'

const mebibyte = 1024 * 1024

/** A limit on the memory of processes, kept by the kernel where it lets us make control groups. */
export interface MemoryLimit {
  readonly bytes: number
  /** Who keeps the limit: the kernel, or nobody, and then the peak alone tells. */
  readonly keptBy: string
  /** Becomes Node.js inside of the group; undefined where there is none. */
  readonly execPath: string | undefined
}

/** What compose gives a service: its memory, and what it tells Node.js of it. */
export function composeMemory(service: 'collector'): { readonly bytes: number; readonly nodeOptions: string } {
  const file = parse(readFileSync(join(import.meta.dirname, '..', 'infra', 'compose', 'service.yml'), 'utf8'))
  const { mem_limit = file.services.service.mem_limit, environment } = file.services[service]
  return { bytes: Number.parseInt(mem_limit, 10) * mebibyte, nodeOptions: environment.NODE_OPTIONS }
}

/** A control group with that limit and without swap, gone when the test is done. */
export function limitMemory(bytes: number): MemoryLimit {
  const group = [new Group('/sys/fs/cgroup/memory', versionOne), new Group('/sys/fs/cgroup', versionTwo)].find(each => each.open(bytes))
  if (group === undefined) return { bytes, keptBy: 'nobody: no control group can be made here', execPath: undefined }
  onTestFinished(() => group.close())
  return { bytes, keptBy: `the kernel, ${group.folder}`, execPath: group.entrance() }
}

/** The most memory that a process has had at once, bytes. */
export function peakBytes(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024
}

interface Files {
  readonly limit: string
  /** Written after the limit, where it exists: no swap beside the memory. */
  readonly swap: string
  readonly swapValue: (bytes: number) => number
}

const versionOne: Files = { limit: 'memory.limit_in_bytes', swap: 'memory.memsw.limit_in_bytes', swapValue: bytes => bytes }
const versionTwo: Files = { limit: 'memory.max', swap: 'memory.swap.max', swapValue: () => 0 }

class Group {
  readonly folder: string
  readonly #files: Files

  constructor(root: string, files: Files) {
    this.folder = join(root, `tickhouse-${process.pid}-${Date.now()}`)
    this.#files = files
  }

  /** False where the kernel or our rights do not allow it. */
  open(bytes: number): boolean {
    const { limit, swap, swapValue } = this.#files
    try {
      mkdirSync(this.folder)
      if (!existsSync(join(this.folder, limit))) throw new Error('no such control')
      writeFileSync(join(this.folder, limit), String(bytes))
      if (existsSync(join(this.folder, swap))) writeFileSync(join(this.folder, swap), String(swapValue(bytes)))
      return true
    } catch {
      this.close()
      return false
    }
  }

  /** A program that enters the group and becomes Node.js, so that all of its memory counts. */
  entrance(): string {
    const path = join(temporaryFolder(), 'node')
    writeFileSync(path, `#!/bin/sh\necho $$ > ${this.folder}/cgroup.procs && exec ${process.execPath} "$@"\n`, { mode: 0o755 })
    return path
  }

  close(): void {
    try {
      rmdirSync(this.folder)
    } catch {
      // It was never made, or a process that was killed is still being taken down: an empty group costs nothing.
    }
  }
}
