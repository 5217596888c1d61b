import { type DebianPackage, missingPackages, whyNotInstallable } from './debian-packages.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { forbidServiceStarts } from './service-start-policy.ts';

const updateTimeoutMs = 180_000;
const installTimeoutMs = 600_000;

/**
 * Installs the Debian packages that are missing.
 *
 * @param signal   keeps it from trying again; what is under way is not broken off, for a half-installed package is worse
 * @returns why packages are still missing, in a sentence; undefined when none is
 */
export async function provision(say: (line: string) => void, signal: AbortSignal): Promise<string | undefined> {
  const missing = missingPackages();
  if (missing.length === 0) {
    say('Packages: all that the tests need are installed.');
    return undefined;
  }
  say(`Packages: ${missing.length} that the tests need ${missing.length === 1 ? 'is' : 'are'} not installed:`);
  for (const { name, purpose } of missing) say(`  ${name.padEnd(22)} ${purpose}`);
  const obstacle = whyNotInstallable();
  if (obstacle !== undefined) {
    say(`They cannot be installed from here: ${obstacle}.`);
    say('As root, npm test installs them without starting their services. By hand, on Debian 12:');
    say(`  apt-get install ${names(missing)}`);
    return `npm test installs it only as root on a machine with apt, and ${obstacle}`;
  }
  return install(missing, say, signal);
}

async function install(
  missing: readonly DebianPackage[],
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  say('Installing them with apt-get; their services will not be started …');
  const startedAt = performance.now();
  let fault = await tryToInstall(missing);
  if (fault !== undefined && !signal.aborted) {
    say(`  failed; trying once more (${lastLine(fault)})`);
    fault = await tryToInstall(missing);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const remaining = missingPackages(missing);
  if (remaining.length === 0) {
    say(`  done in ${seconds} s.`);
    return undefined;
  }
  say(`  failed after ${seconds} s; still missing: ${names(remaining)}. apt-get said:`);
  say((fault ?? 'nothing; the package is there and its files are not').replaceAll(/^/gm, '    '));
  return `apt-get could not install it: ${lastLine(fault ?? 'no error')}`;
}

/** @returns what apt-get said, when it failed */
async function tryToInstall(packages: readonly DebianPackage[]): Promise<string | undefined> {
  using _ = forbidServiceStarts();
  const update = await aptGet(['update'], updateTimeoutMs);
  if (update.exitCode !== 0) return said(update);
  const options = ['--no-install-recommends', '-o', 'Dpkg::Options::=--force-confold'];
  const result = await aptGet(['install', '-y', ...options, ...packages.map(({ name }) => name)], installTimeoutMs);
  return result.exitCode === 0 ? undefined : said(result);
}

async function aptGet(args: readonly string[], timeoutMs: number): Promise<CommandResult> {
  try {
    return await runCommand('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      environment: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
      timeoutMs,
      outlivesUs: true,
    });
  } catch (error) {
    return { exitCode: null, stdout: '', stderr: String(error) };
  }
}

function said({ stdout, stderr }: CommandResult): string {
  return `${stdout}${stderr}`.trimEnd().split('\n').slice(-20).join('\n');
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function names(packages: readonly DebianPackage[]): string {
  return packages.map(({ name }) => name).join(' ');
}
