"""What a declaration calls things, beside what AWS Budgets calls them. Both spellings compare exactly."""

TYPES = {
    "cost": "COST",
    "usage": "USAGE",
    "ri_utilization": "RI_UTILIZATION",
    "ri_coverage": "RI_COVERAGE",
    "savings_plans_utilization": "SAVINGS_PLANS_UTILIZATION",
    "savings_plans_coverage": "SAVINGS_PLANS_COVERAGE",
}
PERIODS = {"daily": "DAILY", "monthly": "MONTHLY", "quarterly": "QUARTERLY", "annually": "ANNUALLY"}
WHEN = {"actual": "ACTUAL", "forecasted": "FORECASTED"}
OPERATORS = {"above": "GREATER_THAN", "below": "LESS_THAN", "equals": "EQUAL_TO"}
UNITS = {"percent": "PERCENTAGE", "absolute": "ABSOLUTE_VALUE"}
ADDRESSES = {"email": "EMAIL", "sns": "SNS"}
FILTERS = {
    "service": "Service",
    "linked_account": "LinkedAccount",
    "region": "Region",
    "availability_zone": "AZ",
    "instance_type": "InstanceType",
    "operation": "Operation",
    "purchase_type": "PurchaseType",
    "usage_type": "UsageType",
    "usage_type_group": "UsageTypeGroup",
    "billing_entity": "BillingEntity",
    "invoicing_entity": "InvoicingEntity",
    "legal_entity": "LegalEntityName",
    "cost_category": "CostCategory",
    "tag": "TagKeyValue",
}
DIMENSIONS = {
    "service": "SERVICE",
    "linked_account": "LINKED_ACCOUNT",
    "region": "REGION",
    "availability_zone": "AZ",
    "instance_type": "INSTANCE_TYPE",
    "operation": "OPERATION",
    "purchase_type": "PURCHASE_TYPE",
    "usage_type": "USAGE_TYPE",
    "usage_type_group": "USAGE_TYPE_GROUP",
    "billing_entity": "BILLING_ENTITY",
    "invoicing_entity": "INVOICING_ENTITY",
    "legal_entity": "LEGAL_ENTITY_NAME",
    **{
        name.lower(): name
        for name in (
            *("RECORD_TYPE", "LINKED_ACCOUNT_NAME", "SERVICE_CODE", "OPERATING_SYSTEM", "TENANCY", "SCOPE", "PLATFORM"),
            *("SUBSCRIPTION_ID", "DEPLOYMENT_OPTION", "DATABASE_ENGINE", "CACHE_ENGINE", "INSTANCE_TYPE_FAMILY"),
            *("RESERVATION_ID", "RESOURCE_ID", "RIGHTSIZING_TYPE", "SAVINGS_PLANS_TYPE", "SAVINGS_PLAN_ARN"),
            *("PAYMENT_OPTION", "RESERVATION_MODIFIED", "TAG_KEY", "COST_CATEGORY_NAME"),
        )
    },
}
MATCHES = {
    name.lower(): name
    for name in (
        *("EQUALS", "ABSENT", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "GREATER_THAN_OR_EQUAL"),
        *("CASE_SENSITIVE", "CASE_INSENSITIVE"),
    )
}
METRICS = {
    "unblended_cost": "UnblendedCost",
    "blended_cost": "BlendedCost",
    "amortized_cost": "AmortizedCost",
    "net_unblended_cost": "NetUnblendedCost",
    "net_amortized_cost": "NetAmortizedCost",
    "usage_quantity": "UsageQuantity",
    "normalized_usage_amount": "NormalizedUsageAmount",
}
CHARGES = {"include_credit": "Credit", "include_refund": "Refund", "include_tax": "Tax"}
"""Cost types that a charge type (RECORD_TYPE) of the newer dialect says too."""
COST_TYPES = {
    "include_tax": "IncludeTax",
    "include_subscription": "IncludeSubscription",
    "include_refund": "IncludeRefund",
    "include_credit": "IncludeCredit",
    "include_upfront": "IncludeUpfront",
    "include_recurring": "IncludeRecurring",
    "include_other_subscription": "IncludeOtherSubscription",
    "include_support": "IncludeSupport",
    "include_discount": "IncludeDiscount",
    "use_blended": "UseBlended",
    "use_amortized": "UseAmortized",
}


def ours(words: dict[str, str], aws: str) -> str:
    """Our word for a word of AWS; one we don't know stays as AWS spells it, so that it shows as a difference."""
    unknown = f"AWS {aws}" if aws in words else aws
    return next((word for word, theirs in words.items() if theirs == aws), unknown)
