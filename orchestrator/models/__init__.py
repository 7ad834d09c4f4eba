"""The language-model brain's models: any OpenAI-compatible endpoint, scripted and recorded ones, budgets and tokens.

What needs the SDK or the token table is imported where it is used: `open_models`, `models.openai`, `models.tokens`.
"""

from orchestrator.models.budget import Accounts, Allowance, Budget, DayAccount, Limits, Spent, limits_of
from orchestrator.models.events import (
    Finished,
    ModelEvent,
    Refused,
    Retried,
    TextPiece,
    ToolCallPiece,
    ToolCallReady,
    UsageReported,
)
from orchestrator.models.fallback import FallbackModels, Standing
from orchestrator.models.messages import AssistantMessage, ChatMessage, SystemMessage, ToolCall, ToolMessage, UserMessage
from orchestrator.models.model import ChatModel, ask, events_of
from orchestrator.models.opening import open_models
from orchestrator.models.prices import Prices
from orchestrator.models.recorded import RecordedModel, RecordingModel
from orchestrator.models.request import AnswerSchema, ModelRequest, ToolChoice
from orchestrator.models.response import FinishReason, ModelResponse, Usage
from orchestrator.models.schemas import slot_values, tool_schema
from orchestrator.models.scripted import Line, ScriptedModel, asked, calling, script_of
from orchestrator.models.tools import NO_TOOLS, ToolSchema, ToolSet

__all__ = [
    "Accounts", "Allowance", "AnswerSchema", "AssistantMessage", "Budget", "ChatMessage", "ChatModel", "DayAccount", "FallbackModels",
    "FinishReason", "Finished", "Limits", "Line", "ModelEvent", "ModelRequest", "ModelResponse", "NO_TOOLS", "Prices", "RecordedModel",
    "RecordingModel", "Refused", "Retried", "ScriptedModel", "Spent", "Standing", "SystemMessage", "TextPiece", "ToolCall",
    "ToolCallPiece", "ToolCallReady", "ToolChoice", "ToolMessage", "ToolSchema", "ToolSet", "Usage", "UsageReported", "UserMessage", "ask",
    "asked", "calling", "events_of", "limits_of", "open_models", "script_of", "slot_values", "tool_schema",
]  # fmt: skip
