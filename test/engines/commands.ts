import { spawn } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; one that takes longer than `minutes` is killed, code null. */
export function command(program: string, args: readonly string[], cwd: string, minutes = 5): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: '1', npm_config_loglevel: 'error' };
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), minutes * 60_000);
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...said });
    });
  });
}

/** What a program printed. @throws Error if it did not end well. */
export async function output(program: string, args: readonly string[], cwd: string, minutes = 5): Promise<string> {
  const { code, stdout, stderr } = await command(program, args, cwd, minutes);
  if (code === 0) return stdout.trim();
  throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${(stderr || stdout).trim().slice(-2000)}`);
}
