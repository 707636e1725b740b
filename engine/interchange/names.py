"""The words of BPMN files: namespaces, elements and the attributes each may have. It decides nothing."""

from __future__ import annotations

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CAMUNDA8 = "http://camunda.org/schema/zeebe/1.0"
#: Camunda 7 and the engines it grew from write the same extensions.
CAMUNDA7 = frozenset({"http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn", "http://flowable.org/bpmn"})
MODELER = "http://camunda.org/schema/modeler/1.0"
PLATFORM = f"{{{MODELER}}}executionPlatform"

#: Namespaces that only draw: shapes, colours, what a modeler remembers for itself.
DRAWING = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/extensions/color/1.0",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://bpmn.io/schema/bpmn",
        MODELER,
        XSI,
        "http://www.w3.org/XML/1998/namespace",
        "http://www.w3.org/2001/XMLSchema",
    }
)

NODES = {
    "task": "",
    "userTask": "implementation",
    "manualTask": "",
    "serviceTask": "implementation operationRef",
    "sendTask": "implementation operationRef messageRef",
    "receiveTask": "implementation operationRef messageRef instantiate",
    "businessRuleTask": "implementation",
    "scriptTask": "scriptFormat",
    "callActivity": "calledElement",
    "subProcess": "triggeredByEvent",
    "transaction": "triggeredByEvent method protocol",
    "adHocSubProcess": "triggeredByEvent ordering cancelRemainingInstances",
    "exclusiveGateway": "default gatewayDirection",
    "inclusiveGateway": "default gatewayDirection",
    "parallelGateway": "gatewayDirection",
    "complexGateway": "default gatewayDirection",
    "eventBasedGateway": "gatewayDirection instantiate eventGatewayType",
    "startEvent": "parallelMultiple isInterrupting",
    "intermediateCatchEvent": "parallelMultiple",
    "intermediateThrowEvent": "",
    "boundaryEvent": "parallelMultiple attachedToRef cancelActivity",
    "endEvent": "",
}
ACTIVITY = "isForCompensation startQuantity completionQuantity default"

EVENT_DEFINITIONS = {
    "timerEventDefinition": "",
    "messageEventDefinition": "messageRef",
    "signalEventDefinition": "signalRef",
    "errorEventDefinition": "errorRef",
    "escalationEventDefinition": "escalationRef",
    "conditionalEventDefinition": "",
    "linkEventDefinition": "",
    "compensateEventDefinition": "activityRef waitForCompletion",
    "terminateEventDefinition": "",
    "cancelEventDefinition": "",
}

_EXPRESSION = "language evaluatesToTypeRef"
_OTHERS = {
    "definitions": "targetNamespace expressionLanguage typeLanguage exporter exporterVersion",
    "import": "namespace location importType",
    "process": "processType isClosed isExecutable definitionalCollaborationRef",
    "collaboration": "isClosed",
    "participant": "processRef",
    "participantMultiplicity": "minimum maximum",
    "messageFlow": "sourceRef targetRef messageRef",
    "laneSet": "",
    "lane": "partitionElementRef",
    "childLaneSet": "",
    "sequenceFlow": "sourceRef targetRef isImmediate",
    "association": "sourceRef targetRef associationDirection",
    "textAnnotation": "textFormat",
    "group": "categoryValueRef",
    "dataObject": "itemSubjectRef isCollection",
    "dataObjectReference": "itemSubjectRef dataObjectRef",
    "dataStore": "capacity isUnlimited itemSubjectRef",
    "dataStoreReference": "itemSubjectRef dataStoreRef",
    "property": "itemSubjectRef",
    "dataInput": "itemSubjectRef isCollection",
    "dataOutput": "itemSubjectRef isCollection",
    "inputDataItem": "itemSubjectRef isCollection",
    "outputDataItem": "itemSubjectRef isCollection",
    "message": "itemRef",
    "signal": "structureRef",
    "error": "errorCode structureRef",
    "escalation": "escalationCode structureRef",
    "itemDefinition": "structureRef isCollection itemKind",
    "multiInstanceLoopCharacteristics": "isSequential behavior oneBehaviorEventRef noneBehaviorEventRef",
    "standardLoopCharacteristics": "testBefore loopMaximum",
    "resource": "",
    "correlationProperty": "type",
    "correlationPropertyRetrievalExpression": "messageRef",
    "correlationSubscription": "correlationKeyRef",
    "correlationPropertyBinding": "correlationPropertyRef",
    "correlationKey": "",
    "script": "",
    **dict.fromkeys(
        (
            "conditionExpression",
            "condition",
            "loopCondition",
            "loopCardinality",
            "completionCondition",
            "activationCondition",
            "timeDate",
            "timeDuration",
            "timeCycle",
            "transformation",
            "from",
            "to",
            "messagePath",
            "dataPath",
            "formalExpression",
            "expression",
        ),
        _EXPRESSION,
    ),
}


def _attributes() -> dict[str, frozenset[str]]:
    tables = {**NODES, **EVENT_DEFINITIONS, **_OTHERS}
    table = {local: frozenset(words.split()) | {"id", "name"} for local, words in tables.items()}
    for local in NODES:
        if not local.endswith(("Gateway", "Event")):
            table[local] |= frozenset(ACTIVITY.split())
    return table


#: The attributes (without namespace) that an element may have. Elements not listed here are not looked at.
ATTRIBUTES = _attributes()

#: Elements that say nothing about what runs; they and what is in them are kept in the author's file only.
DRAWN = frozenset(
    [
        "documentation",
        "auditing",
        "monitoring",
        "category",
        "categoryValueRef",
        "group",
        "textAnnotation",
        "relationship",
        "import",
        "extension",
        "itemDefinition",
        "dataStore",
        "dataState",
        "interface",
        "endPoint",
        "partnerRole",
        "partnerEntity",
        "rendering",
        "supportedInterfaceRef",
        "interfaceRef",
        "endPointRef",
        "participantMultiplicity",
        "participantAssociation",
        "messageFlowAssociation",
        "conversation",
        "subConversation",
        "callConversation",
        "conversationAssociation",
        "conversationLink",
        "choreographyRef",
        "partitionElement",
        "supports",
        "ioBinding",
        "inputSet",
        "outputSet",
        "globalConversation",
    ]
)

#: Elements of BPMN that nothing here runs: named, so that the message can say so.
NOT_RUN = frozenset(
    [
        "choreography",
        "globalChoreographyTask",
        "choreographyTask",
        "subChoreography",
        "callChoreography",
        "choreographyActivity",
        "globalTask",
        "globalUserTask",
        "globalManualTask",
        "globalScriptTask",
        "globalBusinessRuleTask",
        "implicitThrowEvent",
        "complexBehaviorDefinition",
        "eventDefinition",
    ]
)

_PARTS = frozenset(
    [
        "extensionElements",
        "incoming",
        "outgoing",
        "eventDefinitionRef",
        "flowNodeRef",
        "ioSpecification",
        "dataInputAssociation",
        "dataOutputAssociation",
        "sourceRef",
        "targetRef",
        "assignment",
        "loopDataInputRef",
        "loopDataOutputRef",
        "correlationPropertyRef",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "resourceRole",
        "resourceRef",
        "resourceAssignmentExpression",
        "resourceParameterBinding",
        "resourceParameter",
        "text",
        "source",
        "target",
        "dataInputRefs",
        "dataOutputRefs",
        "operation",
    ]
)

#: Every element name of BPMN 2.0 that we have heard of.
KNOWN = frozenset(ATTRIBUTES) | DRAWN | NOT_RUN | _PARTS
