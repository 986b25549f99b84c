import type { DebugProtocol } from "@vscode/debugprotocol";
import { DEBUG_EVENTS } from "../events.ts";

/**
 * Events that stop the program unless the client says otherwise. A program in which they happen has crashed.
 */
const DEFAULT_EVENTS = new Set(["jam", "stack"]);

/** The parts of the protocol that the adapter supports. */
export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsInstructionBreakpoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsEvaluateForHovers: true,
  supportsStepBack: true,
  supportsSteppingGranularity: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsValueFormattingOptions: true,
  supportsGotoTargetsRequest: true,
  supportsCompletionsRequest: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsDisassembleRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsExceptionInfoRequest: true,
  supportsExceptionFilterOptions: true,
  exceptionBreakpointFilters: Object.entries(DEBUG_EVENTS).map(([filter, label]) => ({
    filter,
    label,
    default: DEFAULT_EVENTS.has(filter),
    supportsCondition: true,
    conditionDescription: "an expression such as pc >= $C000",
  })),
};
