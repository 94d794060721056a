/**
 * Disables onnxruntime's telemetry. Since 1.29 it sends facts about the machine and the model's
 * names and hashes over the network, and keeps an identifier of the machine on disk, unless this
 * variable is set before its first session (microsoft/onnxruntime #27379). A hospital's machine
 * must not send telemetry. Call it in the main thread: environment variables set in a worker do not
 * reach native code.
 */
export function keepRuntimeSilent(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1'
}
